#include "rolecall/store/archive.hpp"

namespace rolecall::store {

std::optional<std::size_t> find_column(const ArchiveTable& table, std::string_view name) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name == name) return i;
  }
  return std::nullopt;
}

}  // namespace rolecall::store
