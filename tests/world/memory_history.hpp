#pragma once

#include <functional>
#include <iterator>

#include "memory_repositories.hpp"

// The audit, API tokens, the request log and the history of grants.

namespace rolecall::testing_support {

class MemoryAudit final : public store::AuditRepository {
 public:
  Result<std::optional<store::AuditRecord>> last() override {
    return rows.empty() ? std::optional<store::AuditRecord>() : std::optional<store::AuditRecord>(rows.back());
  }
  Result<void> append(const store::AuditRecord& record) override {
    rows.push_back(record);
    return {};
  }
  Result<std::vector<store::AuditRecord>> page(std::int64_t after, std::int64_t limit) override {
    // Rows as the trail writes them: seq n stands at n - 1.
    const auto begin = std::min(rows.size(), static_cast<std::size_t>(after));
    const auto end = std::min(rows.size(), begin + static_cast<std::size_t>(limit));
    return std::vector<store::AuditRecord>(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                                           rows.begin() + static_cast<std::ptrdiff_t>(end));
  }
  Result<std::vector<store::AuditRecord>> about(const std::string& subject, std::int64_t before,
                                                std::int64_t limit) override {
    std::vector<store::AuditRecord> found;
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
      const bool is_wanted = row->subject == subject && row->seq < before;
      if (is_wanted && found.size() < static_cast<std::size_t>(limit)) found.push_back(*row);
    }
    return found;
  }
  Result<std::vector<store::AuditRecord>> of_request(const RequestId& request, std::int64_t limit) override {
    std::vector<store::AuditRecord> found;
    for (const auto& row : rows) {
      if (row.request == request && found.size() < static_cast<std::size_t>(limit)) found.push_back(row);
    }
    return found;
  }
  std::vector<store::AuditRecord> rows;
};

class MemoryApiTokens final : public store::ApiTokenRepository {
 public:
  explicit MemoryApiTokens(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> insert(const store::ApiTokenRecord& token) override {
    tables.api_tokens[token.id] = token;
    return {};
  }
  Result<std::optional<store::ApiTokenRecord>> find(const TokenId& id) override {
    return look_up(tables.api_tokens, id);
  }
  Result<std::vector<store::ApiTokenRecord>> list() override { return collect(tables.api_tokens, kAny); }
  Result<bool> revoke(const TokenId& id, Instant at) override {
    const auto found = tables.api_tokens.find(id);
    if (found == tables.api_tokens.end() || found->second.revoked) return false;
    found->second.revoked = at;
    return true;
  }
  Result<std::vector<TokenId>> revoke_of(const ResourceId& user, Instant at) override {
    std::vector<TokenId> revoked;
    for (auto& [id, token] : tables.api_tokens) {
      if (token.user != user || token.revoked) continue;
      token.revoked = at;
      revoked.push_back(id);
    }
    return revoked;
  }

 private:
  MemoryTables& tables;
};

class MemoryAdminSessions final : public store::AdminSessionRepository {
 public:
  explicit MemoryAdminSessions(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> insert(const store::AdminSessionRecord& session) override {
    tables.sessions[session.id] = session;
    return {};
  }
  Result<std::vector<store::AdminSessionRecord>> list() override { return collect(tables.sessions, kAny); }
  Result<std::vector<store::AdminSessionRecord>> of_user(const ResourceId& user) override {
    return collect(tables.sessions, [&](const auto& session) { return session.user == user; });
  }
  Result<std::optional<ResourceId>> end(const SessionId& id, Instant at) override {
    const auto found = tables.sessions.find(id);
    if (found == tables.sessions.end() || found->second.ended) return std::optional<ResourceId>();
    found->second.ended = at;
    return std::optional(found->second.user);
  }
  Result<std::vector<SessionId>> end_of_token(const TokenId& token, Instant at) override {
    return end_those([&](const auto& session) { return session.token == token; }, at);
  }
  Result<std::vector<SessionId>> end_of_user(const ResourceId& user, Instant at) override {
    return end_those([&](const auto& session) { return session.user == user; }, at);
  }
  Result<void> note_use(const SessionId& id, Instant at, Instant before) override {
    const auto found = tables.sessions.find(id);
    if (found != tables.sessions.end() && found->second.used <= before) found->second.used = at;
    return {};
  }
  Result<void> remove(const SessionId& id) override {
    tables.sessions.erase(id);
    return {};
  }
  Result<std::int64_t> forget_expired(Instant now, std::int64_t) override {
    return static_cast<std::int64_t>(
        std::erase_if(tables.sessions, [&](const auto& entry) { return entry.second.expires <= now; }));
  }

 private:
  template <typename F>
  std::vector<SessionId> end_those(F&& is_meant, Instant at) {
    std::vector<SessionId> ended;
    for (auto& [id, session] : tables.sessions) {
      if (session.ended || !is_meant(session)) continue;
      session.ended = at;
      ended.push_back(id);
    }
    return ended;
  }

  MemoryTables& tables;
};

class MemoryRequestLog final : public store::RequestLogRepository {
 public:
  explicit MemoryRequestLog(MemoryTables& tables_in) : tables(tables_in) {}

  Result<void> append(const store::LoggedRequest& request) override {
    tables.logged.emplace(request.id, request);
    return {};
  }
  Result<std::optional<store::LoggedRequest>> find(const RequestId& id) override { return look_up(tables.logged, id); }
  Result<std::vector<store::LoggedRequest>> page(const store::RequestLogFilter& filter, std::int64_t limit) override {
    std::vector<store::LoggedRequest> found;
    for (auto at = tables.logged.rbegin(); at != tables.logged.rend(); ++at) {
      const store::LoggedRequest& row = at->second;
      if (filter.before && !(row.id < *filter.before)) continue;
      if (filter.since && row.at < *filter.since) continue;
      if (filter.connection && row.connection != *filter.connection) continue;
      if (filter.status_class != 0 && row.status / 100 != filter.status_class) continue;
      if (found.size() < static_cast<std::size_t>(limit)) found.push_back(row);
    }
    return found;
  }
  Result<std::vector<store::LoggedRequest>> about(const ResourceId& resource, const RequestId& before,
                                                  std::int64_t limit) override {
    std::vector<store::LoggedRequest> found;
    for (auto at = tables.logged.rbegin(); at != tables.logged.rend(); ++at) {
      const store::LoggedRequest& row = at->second;
      const bool is_read = row.method == "GET" || row.method == "HEAD";
      const bool is_wanted = row.resource == resource && row.id < before && (!is_read || row.status >= 400);
      if (is_wanted && found.size() < static_cast<std::size_t>(limit)) found.push_back(row);
    }
    return found;
  }
  Result<void> prune(std::int64_t keep, Instant oldest) override {
    std::erase_if(tables.logged, [&](const auto& entry) { return entry.second.at < oldest; });
    while (tables.logged.size() > static_cast<std::size_t>(keep)) tables.logged.erase(tables.logged.begin());
    return {};
  }

 private:
  MemoryTables& tables;
};

/// Apart from the tables, which are copied for every write: this one only grows, so it is taken back by a journal.
class MemoryGrantHistory final : public store::GrantHistoryRepository {
 public:
  Result<void> begin(const store::GrantSpell& spell) override {
    remember(spell.user).open.push_back(spell);
    return {};
  }
  Result<void> end(const store::GrantSpell& spell, Instant at) override {
    Spells& mine = remember(spell.user);
    const auto found = std::find_if(mine.open.begin(), mine.open.end(), [&](const store::GrantSpell& row) {
      return row.seq == spell.seq && row.gained == spell.gained && row.grant == spell.grant;
    });
    if (found == mine.open.end()) return {};
    if (found->gained != at) {
      mine.closed.push_back(*found);
      mine.closed.back().lost = at;
    }
    mine.open.erase(found);
    return {};
  }
  Result<std::vector<store::GrantSpell>> open_of(const ResourceId& user) override { return spells_[user].open; }
  Result<std::vector<store::GrantSpell>> open_of_all(const std::vector<ResourceId>& users) override {
    std::vector<store::GrantSpell> found;
    for (const auto& user : users) found.insert(found.end(), spells_[user].open.begin(), spells_[user].open.end());
    return found;
  }
  Result<std::vector<store::GrantSpell>> spells_at(const ResourceId& user, Instant at) override {
    std::vector<store::GrantSpell> found;
    for (const auto* rows : {&spells_[user].closed, &spells_[user].open}) {
      std::copy_if(rows->begin(), rows->end(), std::back_inserter(found),
                   [&](const auto& row) { return holds(row, at); });
    }
    return found;
  }
  Result<std::vector<ResourceId>> holders_at(const access::Grant& grant, Instant at, std::int64_t limit) override {
    std::vector<ResourceId> found;
    for (const auto& [user, mine] : spells_) {
      const auto is_one = [&, wanted = grant](const store::GrantSpell& row) {
        const access::Grant& other = row.grant;
        return other.role == wanted.role && other.cause == wanted.cause && other.link == wanted.link && holds(row, at);
      };
      const bool has_it = std::any_of(mine.open.begin(), mine.open.end(), is_one) ||
                          std::any_of(mine.closed.begin(), mine.closed.end(), is_one);
      if (has_it && found.size() < static_cast<std::size_t>(limit)) found.push_back(user);
    }
    return found;
  }
  Result<void> note_name(store::NamedKind kind, const std::string& id, const std::string& name, const std::string& key,
                         Instant at) override {
    auto& names = names_[{kind, id}];
    journal_.push_back([this, named = std::pair(kind, id), before = names] { names_[named] = before; });
    names[at] = {name, key};
    return {};
  }
  Result<std::optional<std::string>> name_at(store::NamedKind kind, const std::string& id, Instant at) override {
    const auto& names = names_[{kind, id}];
    const auto next = names.upper_bound(at);
    if (next == names.begin() || std::prev(next)->second.first.empty()) return std::optional<std::string>();
    return std::optional(std::prev(next)->second.first);
  }
  Result<std::optional<std::string>> named_at(store::NamedKind kind, const std::string& wanted, Instant at) override {
    std::optional<std::string> found;
    Instant newest = Instant::min();
    for (const auto& [named, names] : names_) {
      for (const auto& [since, name] : names) {
        if (named.first != kind || name.second != wanted || since > at || since < newest) continue;
        newest = since;
        found = named.second;
      }
    }
    return found;
  }

  Result<std::optional<Instant>> horizon() override { return horizon_; }
  Result<void> raise_horizon(Instant at) override {
    journal_.push_back([this, before = horizon_] { horizon_ = before; });
    horizon_ = std::max(at, horizon_.value_or(at));
    return {};
  }
  Result<std::optional<Instant>> end_beyond(std::int64_t keep) override {
    auto ends = ends_of_spells();
    std::sort(ends.rbegin(), ends.rend());
    if (ends.size() <= static_cast<std::size_t>(keep)) return std::optional<Instant>();
    return std::optional(ends[static_cast<std::size_t>(keep)]);
  }
  Result<std::int64_t> forget_ended(Instant until, std::int64_t limit) override {
    auto ends = ends_of_spells();
    std::erase_if(ends, [&](Instant end) { return end > until; });
    if (ends.empty()) return 0;
    std::sort(ends.begin(), ends.end());
    const Instant last = ends[std::min(ends.size(), static_cast<std::size_t>(limit)) - 1];
    journal_.push_back([this, before = spells_] { spells_ = before; });
    std::int64_t forgotten = 0;
    for (auto& [user, mine] : spells_) {
      forgotten += static_cast<std::int64_t>(
          std::erase_if(mine.closed, [&](const store::GrantSpell& row) { return *row.lost <= last; }));
    }
    return forgotten;
  }
  Result<ForgottenNames> forget_names(store::NamedKind kind, const std::string& after, Instant until,
                                      std::int64_t limit) override {
    journal_.push_back([this, before = names_] { names_ = before; });
    ForgottenNames forgotten;
    std::int64_t seen = 0;
    for (auto& [named, names] : names_) {
      if (named.first != kind || named.second <= after) continue;
      if (seen >= limit) return forgotten;
      seen += static_cast<std::int64_t>(names.size());
      forgotten.last = named.second;
      const auto newer = names.upper_bound(until);
      if (newer == names.begin()) continue;
      const auto end = std::prev(newer)->second.first.empty() ? newer : std::prev(newer);
      forgotten.count += std::distance(names.begin(), end);
      names.erase(names.begin(), end);
    }
    forgotten.last.clear();
    return forgotten;
  }

  [[nodiscard]] std::size_t mark() const { return journal_.size(); }
  void take_back(std::size_t mark) {
    for (; journal_.size() > mark; journal_.pop_back()) journal_.back()();
  }
  void forget_journal() { journal_.clear(); }

 private:
  struct Spells {
    std::vector<store::GrantSpell> open, closed;
  };
  Spells& remember(const ResourceId& user) {
    Spells& mine = spells_[user];
    journal_.push_back([this, user, open = mine.open, closed = mine.closed.size()] {
      spells_[user].open = open;
      spells_[user].closed.resize(closed);
    });
    return mine;
  }
  std::vector<Instant> ends_of_spells() const {
    std::vector<Instant> ends;
    for (const auto& [user, mine] : spells_) {
      for (const store::GrantSpell& row : mine.closed) ends.push_back(*row.lost);
    }
    return ends;
  }
  static bool holds(const store::GrantSpell& spell, Instant at) {
    return spell.gained <= at && (!spell.lost || *spell.lost > at);
  }

  std::map<ResourceId, Spells> spells_;
  std::map<std::pair<store::NamedKind, std::string>, std::map<Instant, std::pair<std::string, std::string>>> names_;
  std::optional<Instant> horizon_;
  std::vector<std::function<void()>> journal_;
};

}  // namespace rolecall::testing_support
