#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rolecall/decision/question.hpp"

namespace rolecall::decision {

/// A page of a search. What it holds is what `evaluate` would allow; the work for one is bounded, so that a page may
/// have less than was asked for, or nothing, and still not be the last.
struct Found {
  std::vector<Entity> entities;  ///< of actions only the id, which is the name
  std::string next;              ///< what `after` is on the next page; empty: there is none
};
struct Page {
  std::string after;  ///< empty: the first page
  std::int64_t limit = 100;
};

/// Users who may, in order of creation. Ignores `question.subject.id`.
[[nodiscard]] Result<Found> search_subjects(const Environment& environment, const WorkspaceId& home,
                                            const Question& question, const Page& page);
/// Resources of the type that the subject may: workspaces, or what was pushed over SCIM. Ignores
/// `question.resource.id`.
[[nodiscard]] Result<Found> search_resources(const Environment& environment, const WorkspaceId& home,
                                             const Question& question, const Page& page);
/// What the subject may do to the resource, by name. Ignores `question.action`.
[[nodiscard]] Result<Found> search_actions(const Environment& environment, const WorkspaceId& home,
                                           const Question& question, const Page& page);

}  // namespace rolecall::decision
