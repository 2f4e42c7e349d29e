#pragma once

#include <optional>
#include <vector>

#include "session.hpp"

// What each verb does inside a unit of work: for a request of its own, and for one operation of a bulk request.

namespace rolecall::provisioning {

/// A POST as far as it can be decided without the store.
struct NewResource {
  store::ResourceRecord record;
  json::Object document;
  std::optional<std::vector<resource::MemberReference>> members;
  std::vector<resource::IndexEntry> index;
};
[[nodiscard]] Result<NewResource> prepare(const Environment& environment, const Caller& caller,
                                          const schema::ResourceType& type, const json::Object& body);
[[nodiscard]] Result<View> create_in(WriteSession& session, const schema::ResourceType& type, NewResource made,
                                     Need need);

[[nodiscard]] Result<View> replace_in(WriteSession& session, const schema::ResourceType& type, const ResourceId& id,
                                      const json::Object& body, std::optional<Version> expected, Need need);
[[nodiscard]] Result<View> patch_in(WriteSession& session, const schema::ResourceType& type, const ResourceId& id,
                                    const patch::ResolvedPatch& patch, std::optional<Version> expected, Need need);
[[nodiscard]] Result<void> remove_in(WriteSession& session, const schema::ResourceType& type, const ResourceId& id,
                                     std::optional<Version> expected);

}  // namespace rolecall::provisioning
