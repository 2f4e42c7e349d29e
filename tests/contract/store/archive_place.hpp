#pragma once

#include <map>
#include <set>

#include "engine.hpp"
#include "rolecall/adapter/soci/archive.hpp"

namespace rolecall::contract {

/// A database as engine.hpp has it, and the same one as a whole.
class ArchivePlace : public StoreFactory {
 public:
  [[nodiscard]] virtual std::unique_ptr<store::Archive> archive(
      const std::vector<adapter::soci::Migration>& migrations) = 0;
  /// Columns by table, as the engine's own catalogue has them.
  [[nodiscard]] virtual std::map<std::string, std::set<std::string>> columns() = 0;
};

struct ArchiveEngine {
  std::string name;
  std::function<std::unique_ptr<ArchivePlace>(const TextFolder&, const Clock&)> make;
};

/// The same engines as `engines()`.
[[nodiscard]] const std::vector<ArchiveEngine>& archive_engines();

inline std::ostream& operator<<(std::ostream& out, const ArchiveEngine& engine) { return out << engine.name; }

}  // namespace rolecall::contract
