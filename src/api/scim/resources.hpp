#pragma once

#include <string_view>

#include "api/exchange.hpp"
#include "rolecall/http/message.hpp"
#include "rolecall/schema/registry.hpp"

// One function per verb; `exchange.segments` is {endpoint} or {endpoint, id}.

namespace rolecall::api::scim {

[[nodiscard]] Result<http::Response> create_resource(Exchange& exchange, std::string_view base,
                                                     const schema::ResourceType& type);
[[nodiscard]] Result<http::Response> get_resource(Exchange& exchange, std::string_view base,
                                                  const schema::ResourceType& type);
[[nodiscard]] Result<http::Response> replace_resource(Exchange& exchange, std::string_view base,
                                                      const schema::ResourceType& type);
[[nodiscard]] Result<http::Response> patch_resource(Exchange& exchange, std::string_view base,
                                                    const schema::ResourceType& type);
[[nodiscard]] Result<http::Response> remove_resource(Exchange& exchange, std::string_view base,
                                                     const schema::ResourceType& type);

}  // namespace rolecall::api::scim
