#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine.hpp"
#include "rolecall/adapter/icu/text_folder.hpp"

namespace rolecall::contract {

using resource::IndexEntry;
using store::UnitOfWork;
using store::Workspace;

/// The value, or the end of the test with the error's words.
template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail + " | " + result.error().note);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

inline Instant at(std::int64_t microseconds) {
  return Instant(std::chrono::microseconds(1'700'000'000'000'000 + microseconds));
}

/// An id of equal width, so that order by number is order by id: "u00042".
inline ResourceId numbered(const std::string& prefix, std::size_t number) {
  const std::string digits = std::to_string(number);
  return ResourceId(prefix + std::string(5 - digits.size(), '0') + digits);
}

inline auto fields(const store::ResourceRecord& r) {
  return std::make_tuple(r.id.value(), r.type, r.connection.value(), r.version.number,
                         r.created.time_since_epoch().count(), r.last_modified.time_since_epoch().count(), r.unique_key,
                         r.display, r.external_id, r.is_active, r.default_role, r.document);
}

template <typename T>
std::vector<std::string> ids_of(const std::vector<T>& records) {
  std::vector<std::string> ids;
  for (const auto& record : records) {
    if constexpr (std::is_same_v<T, store::MemberRecord>) {
      ids.push_back(record.member.value());
    } else if constexpr (std::is_same_v<T, store::MembershipRecord>) {
      ids.push_back(record.group.value());
    } else if constexpr (std::is_same_v<T, ResourceId>) {
      ids.push_back(record.value());
    } else {
      ids.push_back(record.id.value());
    }
  }
  return ids;
}

/// A store with two workspaces, `home` and `other`, in which the same ids and names exist: two connections, `okta` and
/// `entra`, and the role `agent`. Whatever a test does in one must not show in the other.
class StoreContract : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    factory = GetParam().make(*folder, clock);
    reopen();
    for (const auto& workspace : {home, other}) {
      must(store->write([&](UnitOfWork& unit) -> Result<void> {
        ROLECALL_TRY(unit.insert_workspace({workspace, workspace.value(), at(0)}));
        Workspace& reached = unit.workspace(workspace);
        ROLECALL_TRY(reached.roles().insert(role("agent", {"requests.view"}), "agent", at(0)));
        for (const auto& connection : {okta, entra}) {
          ROLECALL_TRY(
              reached.connections().insert({connection, connection.value(), "okta", RoleId("agent"), RoleId("agent"),
                                            store::UnknownGroupPolicy::create_role, store::AssertedRolePolicy::grant,
                                            store::UnknownMemberPolicy::accept_known, at(0)}));
        }
        return {};
      }));
    }
  }

  void reopen() {
    store.reset();
    store = must(factory->open(factory->migrations()));
  }

  /// Runs `work(Workspace&)`; what it returns, which must be a success.
  template <typename F>
  auto write_in(const WorkspaceId& workspace, F&& work) {
    return must(try_write_in(workspace, std::forward<F>(work)));
  }
  template <typename F>
  auto try_write_in(const WorkspaceId& workspace, F&& work) {
    return store::write(*store, [&](UnitOfWork& unit) { return work(unit.workspace(workspace)); });
  }
  template <typename F>
  auto read_in(const WorkspaceId& workspace, F&& work) {
    return must(store::read(*store, [&](UnitOfWork& unit) { return work(unit.workspace(workspace)); }));
  }
  template <typename F>
  auto write(F&& work) {
    return write_in(home, std::forward<F>(work));
  }
  template <typename F>
  auto try_write(F&& work) {
    return try_write_in(home, std::forward<F>(work));
  }
  template <typename F>
  auto read(F&& work) {
    return read_in(home, std::forward<F>(work));
  }

  static access::Role role(const std::string& id, std::vector<std::string> permissions = {}, int rank = 0) {
    access::Role role;
    role.id = RoleId(id);
    role.name = id;
    role.rank = rank;
    role.permissions = std::move(permissions);
    return role;
  }

  store::ResourceRecord resource(const std::string& type, const ResourceId& id, const std::string& name) const {
    store::ResourceRecord record;
    record.id = id;
    record.type = type;
    record.connection = okta;
    record.created = at(1);
    record.last_modified = at(2);
    record.unique_key = folder->fold(name);
    record.display = name;
    record.document = type == "User" ? R"({"userName":"x"})" : R"({"displayName":"x"})";
    return record;
  }
  store::ResourceRecord user(const std::string& id, const std::string& name) const {
    return resource("User", ResourceId(id), name);
  }
  store::ResourceRecord group(const std::string& id, const std::string& name) const {
    return resource("Group", ResourceId(id), name);
  }
  void insert(const store::ResourceRecord& record, const std::vector<IndexEntry>& index = {}) {
    insert_in(home, record, index);
  }
  void insert_in(const WorkspaceId& workspace, const store::ResourceRecord& record,
                 const std::vector<IndexEntry>& index = {}) {
    write_in(workspace, [&](Workspace& reached) { return reached.resources().insert(record, index); });
  }
  store::ResourceRecord stored(const std::string& type, const std::string& id) {
    return read([&](Workspace& reached) { return reached.resources().find_anywhere(type, ResourceId(id)); }).value();
  }
  bool exists(const std::string& type, const ResourceId& id) {
    return read([&](Workspace& reached) { return reached.resources().find_anywhere(type, id); }).has_value();
  }
  std::int64_t count(const std::string& type) {
    return read([&](Workspace& reached) { return reached.resources().count(type); });
  }

  const WorkspaceId home{"home"};
  const WorkspaceId other{"other"};
  const ConnectionId okta{"okta"};
  const ConnectionId entra{"entra"};
  std::unique_ptr<TextFolder> folder = adapter::icu::make_text_folder();
  ManualClock clock{at(0)};
  std::unique_ptr<StoreFactory> factory;
  std::unique_ptr<store::Store> store;
};

/// Runs a suite on every engine.
#define ROLECALL_ON_EVERY_ENGINE(Suite)                             \
  INSTANTIATE_TEST_SUITE_P(On, Suite, testing::ValuesIn(engines()), \
                           [](const testing::TestParamInfo<Engine>& engine) { return engine.param.name; })

}  // namespace rolecall::contract
