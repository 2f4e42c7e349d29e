#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include "later.hpp"

namespace rolecall::adapter::soci {

/// By libpq's pipeline mode, which SOCI does not have: everything is sent, and then every answer read.
class PostgresqlLater final : public LaterRunner {
 public:
  /// The connection must outlive it and be idle whenever it runs.
  explicit PostgresqlLater(PGconn* connection) : connection_(connection) {}

  [[nodiscard]] std::optional<store::DbError> run(const std::vector<LaterStatement>& statements) override;

 private:
  struct Sent {
    const Sql* sql = nullptr;
    std::string preparation;  ///< the name of what is prepared; empty: is executed
  };

  [[nodiscard]] bool send(const LaterStatement& statement, std::vector<Sent>& sent);
  [[nodiscard]] bool send_rows(const LaterStatement& statement, std::size_t first, std::size_t rows,
                               std::vector<Sent>& sent);
  void read(const Sent& sent, std::optional<store::DbError>& failed);

  PGconn* connection_;
  std::unordered_map<std::string, std::string> prepared_;  ///< text, name
  std::uint64_t names_ = 0;
};

}  // namespace rolecall::adapter::soci
