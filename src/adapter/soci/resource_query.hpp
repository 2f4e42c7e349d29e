#pragma once

#include <span>
#include <string>
#include <vector>

#include "filter_sql.hpp"
#include "ordering.hpp"
#include "rolecall/store/query.hpp"
#include "rolecall/store/repositories.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

/// One list request on its way: what rows can answer is asked in SQL, what they cannot is evaluated on the candidates
/// that SQL leaves, a batch at a time.
class ResourceQuery {
 public:
  ResourceQuery(Session& session, const WorkspaceId& workspace, const TextFolder& folder,
                store::MemberRepository& members, store::GrantRepository& grants, const ConnectionId& connection,
                const store::ResourceQuery& query);

  [[nodiscard]] Result<store::ResourcePage> run();

 private:
  using Records = std::vector<store::ResourceRecord>;

  /// A resource that may match, and its place in the list as far as rows know it.
  struct Candidate {
    store::Position position;
    bool is_match = false;
  };

  [[nodiscard]] Result<store::ResourcePage> run_in_sql();
  [[nodiscard]] Result<store::ResourcePage> run_over_candidates();
  [[nodiscard]] Result<void> read_page(store::ResourcePage& page, std::int64_t count, std::int64_t offset,
                                       bool is_reversed);
  /// A page of everything, read from the nearer end.
  [[nodiscard]] Result<store::ResourcePage> page_of_all();
  [[nodiscard]] Result<std::int64_t> count();
  [[nodiscard]] Result<std::int64_t> count_all();
  [[nodiscard]] Result<std::vector<Candidate>> next_candidates(const ResourceId& after);
  /// Looks at the documents of those that rows leave in doubt.
  [[nodiscard]] Result<void> settle(std::vector<Candidate>& candidates);
  [[nodiscard]] Result<Records> records_of(std::span<const ResourceId> ids);
  [[nodiscard]] Result<std::vector<json::Object>> representations_of(const Records& records);
  [[nodiscard]] store::Position position_of_match(const store::ResourceRecord& record,
                                                  const json::Object& resource) const;
  [[nodiscard]] Result<void> finish(store::ResourcePage& page, std::vector<store::Position> found);
  /// Is there a match on that side?
  [[nodiscard]] Result<bool> has_any(const store::Place& place);

  /// Does each statement look through a whole attribute?
  [[nodiscard]] bool is_costly() const;
  [[nodiscard]] std::int64_t candidates_at_a_time() const;
  [[nodiscard]] bool is_ordered() const { return is_walk() || query_.sort_by.has_value(); }
  [[nodiscard]] bool is_walk() const { return query_.kind != store::ResourceQuery::Kind::records; }
  [[nodiscard]] bool is_backwards() const { return is_walk() && query_.from && query_.from->backwards; }
  /// How many matches in front of the list, or of the place, decide what the answer is.
  [[nodiscard]] std::int64_t reach() const;
  [[nodiscard]] std::string where() const;
  /// The values of a statement over the ordering's join, `where` and a place.
  [[nodiscard]] std::vector<Param> params_beyond(const std::optional<Condition>& place) const;
  /// Does the filter or the order ask for an attribute, of an extension if one is named?
  [[nodiscard]] bool names(std::string_view attribute, std::string_view extension = {}) const;

  Session& session_;
  const WorkspaceId& workspace_;
  const TextFolder& folder_;
  store::MemberRepository& members_;
  store::GrantRepository& grants_;
  const ConnectionId& connection_;
  const store::ResourceQuery& query_;
  FilterScope scope_;
  Compiled compiled_;
  std::optional<Ordering> ordering_;
};

}  // namespace rolecall::adapter::soci
