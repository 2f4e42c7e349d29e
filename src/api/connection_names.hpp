#pragma once

#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "rolecall/base/ids.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/patch/dialect.hpp"
#include "rolecall/store/store.hpp"

namespace rolecall::api {

/// What every request needs to know of its connection and what never changes after its creation: names and dialect.
/// Remembered, so that no request pays a query for it. Thread-safe.
class ConnectionNames {
 public:
  struct Entry {
    std::string name;
    std::string workspace;  ///< its name
    patch::Dialect dialect;
  };

  explicit ConnectionNames(store::Store& store) : store_(store) {}
  [[nodiscard]] Result<Entry> find(const WorkspaceId& workspace, const ConnectionId& connection);

 private:
  /// Connections are made by admins, a few per workspace; at the limit all are forgotten, which costs a query each.
  static constexpr std::size_t kLimit = 65536;

  store::Store& store_;
  std::shared_mutex mutex_;
  std::unordered_map<ConnectionId, Entry> known_;
};

}  // namespace rolecall::api
