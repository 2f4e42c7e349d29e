#pragma once

#include <string>
#include <string_view>

#include "api/exchange.hpp"
#include "rolecall/decision/question.hpp"
#include "rolecall/json/value.hpp"

// Reading AuthZEN messages. Members that are not known are passed over (§5); an error is a sentence for the caller.

namespace rolecall::api::access_face {

/// What of a question a request has to name. The id of what is searched for is passed over, and so is the whole action.
enum class Sought { decision, subject, resource, action };

/// The body, a JSON object. Every fault of it is `bad_request` (§10.1.4), the media type included.
[[nodiscard]] Result<json::Object> read_body(const Exchange& exchange);

[[nodiscard]] Result<decision::Question> read_question(const json::Object& message, Sought sought);

/// Where questions go that name no workspace: `?workspace=NAME`, as in the admin API, else `default`.
[[nodiscard]] Result<WorkspaceId> home_of(const Exchange& exchange);

[[nodiscard]] decision::Environment environment_of(const Exchange& exchange);

}  // namespace rolecall::api::access_face
