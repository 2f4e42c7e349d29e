#pragma once

#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

namespace rolecall::contract {

/// The server that tests/postgresql runs; null without it.
inline const char* postgresql_address() { return std::getenv("ROLECALL_TEST_POSTGRESQL"); }

/// A schema of its own on that server, gone at the end.
class PostgresqlSchema {
 public:
  PostgresqlSchema() : name_("t" + std::to_string(::getpid()) + "_" + std::to_string(next())) {
    run("CREATE SCHEMA " + name_);
  }
  ~PostgresqlSchema() {
    try {
      run("DROP SCHEMA " + name_ + " CASCADE");
    } catch (const std::exception&) {
      // The server goes with the test run, and the schema with it.
    }
  }
  PostgresqlSchema(const PostgresqlSchema&) = delete;
  PostgresqlSchema& operator=(const PostgresqlSchema&) = delete;

  [[nodiscard]] std::string address() const {
    return std::string(postgresql_address()) + "&options=-csearch_path%3D" + name_;
  }

 private:
  static int next() {
    static std::atomic<int> count{0};
    return ++count;
  }
  static void run(const std::string& sql) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> server(PQconnectdb(postgresql_address()), &PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> done(PQexec(server.get(), sql.c_str()), &PQclear);
    if (PQresultStatus(done.get()) != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(server.get()));
  }

  std::string name_;
};

}  // namespace rolecall::contract
