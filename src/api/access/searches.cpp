#include "searches.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "api/answer.hpp"
#include "rolecall/api/cursor.hpp"
#include "rolecall/decision/search.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::api::access_face {
namespace {

tl::unexpected<Error> refuse_token() {
  return fail(ErrorCode::bad_request,
              "\"page.token\" is not valid for this search. Every page needs the members of the first one; start again "
              "without a token.",
              "page.token");
}

/// Members by name: some languages write the members of an object in another order each time.
void append_properties(std::vector<std::string>& parts, const json::Object& properties) {
  std::vector<std::string> members;
  for (const auto& [name, value] : properties) {
    std::string member;
    json::write_string_to(member, name);
    member += ':';
    json::write_to(member, value);
    members.push_back(std::move(member));
  }
  std::sort(members.begin(), members.end());
  parts.push_back(std::to_string(members.size()));
  for (auto& member : members) parts.push_back(std::move(member));
}

/// What a token belongs to, beyond doubt about where one part ends. What a search passes over is no part of it.
std::string context_of(const decision::Question& question, const WorkspaceId& home, Sought sought) {
  std::vector<std::string> parts{"authzen", std::to_string(static_cast<int>(sought)), home.value()};
  const auto append = [&](const decision::Entity& entity) {
    parts.insert(parts.end(), {entity.type, entity.id});
    append_properties(parts, entity.properties);
  };
  append(question.subject);
  append(question.resource);
  parts.push_back(question.action.name);
  append_properties(parts, question.action.properties);
  append_properties(parts, question.context);
  std::string context;
  for (const std::string& part : parts) context += std::to_string(part.size()) + ":" + part;
  return context;
}

Result<std::int64_t> limit_in(const json::Object& page, std::int64_t otherwise) {
  const json::Value* value = page.find("limit");
  if (value == nullptr || value->is_null()) return otherwise;
  const auto limit = value->is_number() ? json::to_integer(*value->as_number()) : std::nullopt;
  if (limit && *limit > 0) return *limit;
  return fail(ErrorCode::bad_request, "\"page.limit\" must be a whole number above 0.", "page.limit");
}

/// The page that is asked for, and the way to the next one.
class Pager {
 public:
  Pager(const Exchange& exchange, std::string context) : exchange_(exchange), context_(std::move(context)) {}

  Result<decision::Page> begin(const json::Object& body) {
    const json::Value* member = body.find("page");
    const json::Object none;
    if (member != nullptr && !member->is_null() && !member->is_object()) {
      return fail(ErrorCode::bad_request, "\"page\" must be an object.", "page");
    }
    const json::Object& page = member != nullptr && member->is_object() ? *member->as_object() : none;
    const json::Value* token = page.find("token");
    if (token != nullptr && !token->is_null() && !token->is_string()) {
      return fail(ErrorCode::bad_request, "\"page.token\" must be a string.", "page.token");
    }
    if (token != nullptr && token->is_string() && !token->as_string()->empty()) {
      return go_on(*token->as_string(), page);
    }
    const auto& settings = exchange_.settings;
    ROLECALL_TRY_ASSIGN(const auto limit, limit_in(page, settings.page_default));
    page_.limit = std::min(limit, settings.page_max);
    return page_;
  }

  [[nodiscard]] std::string token_to(const std::string& next) const {
    if (next.empty()) return {};
    store::Place from;
    from.at.id = ResourceId(next);
    const Cursor cursor{exchange_.parts.provisioning.clock.now(), page_.limit, from};
    return exchange_.parts.cursors.seal(write_cursor(cursor), context_);
  }

 private:
  Result<decision::Page> go_on(const std::string& token, const json::Object& page) {
    if (token.size() > kCursorBytes) return refuse_token();
    const auto bytes = exchange_.parts.cursors.open(token, context_);
    const auto cursor = bytes ? read_cursor(*bytes) : std::nullopt;
    if (!cursor) return refuse_token();
    if (exchange_.parts.provisioning.clock.now() - cursor->issued > exchange_.settings.cursor_timeout) {
      return fail(ErrorCode::bad_request, "\"page.token\" has expired. Start again without a token.", "page.token");
    }
    ROLECALL_TRY_ASSIGN(const auto limit, limit_in(page, cursor->count));
    if (std::min(limit, exchange_.settings.page_max) != cursor->count) {
      return fail(ErrorCode::bad_request,
                  "\"page.limit\" must stay what it was on the first page: " + std::to_string(cursor->count) + ".",
                  "page.limit");
    }
    page_.after = cursor->from.at.id.value();
    page_.limit = cursor->count;
    return page_;
  }

  const Exchange& exchange_;
  std::string context_;
  decision::Page page_;
};

Result<decision::Found> find(const Exchange& exchange, const WorkspaceId& home, const decision::Question& question,
                             Sought sought, const decision::Page& page) {
  const auto environment = environment_of(exchange);
  if (sought == Sought::subject) return decision::search_subjects(environment, home, question, page);
  if (sought == Sought::resource) return decision::search_resources(environment, home, question, page);
  return decision::search_actions(environment, home, question, page);
}

}  // namespace

Result<http::Response> search(Exchange& exchange, Sought sought) {
  ROLECALL_TRY_ASSIGN(const auto body, read_body(exchange));
  ROLECALL_TRY_ASSIGN(const auto question, read_question(body, sought));
  ROLECALL_TRY_ASSIGN(const auto home, home_of(exchange));
  Pager pager(exchange, context_of(question, home, sought));
  ROLECALL_TRY_ASSIGN(const auto page, pager.begin(body));
  ROLECALL_TRY_ASSIGN(const auto found, find(exchange, home, question, sought, page));
  json::Array results;
  for (const auto& entity : found.entities) {
    results.emplace_back(sought == Sought::action ? json::Object{{"name", entity.id}}
                                                  : json::Object{{"type", entity.type}, {"id", entity.id}});
  }
  const auto count = static_cast<std::int64_t>(results.size());
  return json_answer(200,
                     json::Object{{"page", json::Object{{"next_token", pager.token_to(found.next)}, {"count", count}}},
                                  {"results", std::move(results)}});
}

}  // namespace rolecall::api::access_face
