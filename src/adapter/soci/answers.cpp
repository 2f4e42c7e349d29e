#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

constexpr Sql kFind{"answers.find",
                    "SELECT key, request, status, body, lacks_secret, at FROM kept_answers "
                    "WHERE workspace = ? AND key = ?",
                    "ttntnn"};
constexpr Sql kKeep{"answers.keep",
                    "INSERT INTO kept_answers (workspace, key, request, status, body, lacks_secret, at) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kKeepNewest{"answers.keep_newest",
                          "DELETE FROM kept_answers WHERE workspace = ? AND at <= (SELECT at FROM kept_answers "
                          "WHERE workspace = ? ORDER BY at DESC LIMIT 1 OFFSET ?)"};
constexpr Sql kForget{"answers.forget_until", "DELETE FROM kept_answers WHERE workspace = ? AND at <= ?"};

}  // namespace

Result<std::optional<store::KeptAnswer>> AnswerRepository::find(const std::string& key) {
  std::optional<store::KeptAnswer> found;
  ROLECALL_TRY(scope_.session.select(kFind, {scope_.workspace, key}, [&](Row& row) {
    found = store::KeptAnswer{row.text(0), row.text(1), row.number(2), row.text(3), row.flag(4), row.instant(5)};
  }));
  return found;
}

Result<void> AnswerRepository::keep(const store::KeptAnswer& answer) {
  ROLECALL_TRY(scope_.session.execute(kKeep, {scope_.workspace, answer.key, answer.request, answer.status, answer.body,
                                              answer.lacks_secret, answer.at}));
  return {};
}

Result<void> AnswerRepository::forget_until(Instant at) {
  ROLECALL_TRY(scope_.session.execute(kForget, {scope_.workspace, at}));
  return {};
}

Result<void> AnswerRepository::keep_newest(std::int64_t count) {
  ROLECALL_TRY(scope_.session.execute(kKeepNewest, {scope_.workspace, scope_.workspace, count}));
  return {};
}

}  // namespace rolecall::adapter::soci
