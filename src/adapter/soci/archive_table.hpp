#pragma once

#include <functional>
#include <string>

#include "rolecall/store/archive.hpp"
#include "session.hpp"

namespace rolecall::adapter::soci {

/// The statements of one table. Their texts are made of names that our own scripts have. A session knows statements by
/// their address: a table lives as long as the session works.
class ArchiveTable {
 public:
  explicit ArchiveTable(const store::ArchiveTable& table);
  ArchiveTable(const ArchiveTable&) = delete;
  ArchiveTable& operator=(const ArchiveTable&) = delete;

  using OnRow = std::function<Result<void>(const store::Cells&)>;
  /// Every row, in the order of the key. A page at a time, because a driver may hold a whole result in memory.
  [[nodiscard]] Result<void> read(Session& session, const OnRow& on_row) const;
  [[nodiscard]] Result<bool> is_empty(Session& session) const;
  [[nodiscard]] Result<void> insert(Session& session, const store::Cells& cells) const;

 private:
  const store::ArchiveTable& table_;
  std::string kinds_;
  std::string first_text_, next_text_, any_text_, insert_text_;
  Sql first_, next_, any_, insert_;
};

}  // namespace rolecall::adapter::soci
