#pragma once

#include <string>
#include <vector>

#include "filter_sql.hpp"
#include "rolecall/store/query.hpp"
#include "rolecall/store/repositories.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

/// One list request on its way: what rows can answer is asked in SQL, what they cannot is evaluated on the candidates
/// that SQL leaves, a batch at a time.
class ResourceQuery {
 public:
  ResourceQuery(Session& session, const WorkspaceId& workspace, const TextFolder& folder,
                store::MemberRepository& members, const ConnectionId& connection, const store::ResourceQuery& query);

  [[nodiscard]] Result<store::ResourcePage> run();

 private:
  using Records = std::vector<store::ResourceRecord>;

  /// A match, as far as its place in the order is concerned.
  struct Match {
    bool has_key = false;
    std::string key;
    ResourceId id;
  };

  [[nodiscard]] Result<store::ResourcePage> run_in_sql();
  [[nodiscard]] Result<store::ResourcePage> run_over_candidates();
  [[nodiscard]] Result<std::int64_t> count();
  [[nodiscard]] Result<std::int64_t> count_all();
  [[nodiscard]] Result<Records> next_candidates(const ResourceId& after);
  [[nodiscard]] Result<std::vector<json::Object>> representations_of(const Records& records);
  [[nodiscard]] Match match_of(const store::ResourceRecord& record, const json::Object& resource) const;
  void sort(std::vector<Match>& matches) const;
  [[nodiscard]] Result<Records> records_of(const std::vector<Match>& matches);

  [[nodiscard]] std::string where() const;
  [[nodiscard]] bool names(std::string_view attribute) const;

  Session& session_;
  const WorkspaceId& workspace_;
  const TextFolder& folder_;
  store::MemberRepository& members_;
  const ConnectionId& connection_;
  const store::ResourceQuery& query_;
  FilterScope scope_;
  std::optional<Condition> condition_;
  std::optional<Ordering> ordering_;
};

}  // namespace rolecall::adapter::soci
