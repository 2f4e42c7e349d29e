#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/filter/tree.hpp"
#include "rolecall/patch/dialect.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/patch/path.hpp"
#include "rolecall/resource/validate.hpp"

namespace rolecall::patch {

/// One operation on a Group's members. They stay deltas: the member list is never loaded to apply one.
struct MemberChange {
  enum class Kind {
    add,          ///< `members` join
    remove,       ///< `members` leave
    replace_all,  ///< `members` are all there will be
    remove_all,
    remove_matching,  ///< whoever satisfies `filter`
  };
  Kind kind = Kind::add;
  std::vector<resource::MemberReference> members;
  std::optional<filter::Filter> filter;
};

/// An operation whose target is known to exist in the schema and to be writable.
struct Operation {
  Op op = Op::add;
  Path path;
  json::Value value;  ///< null for remove
};

/// A PATCH with no unresolved path in it: nothing later can meet one. Valid as long as the resource type.
class ResolvedPatch {
 public:
  /// Are attributes other than `members` touched?
  [[nodiscard]] bool touches_document() const { return !operations_.empty(); }
  [[nodiscard]] const std::vector<MemberChange>& member_changes() const { return member_changes_; }
  [[nodiscard]] const std::vector<Operation>& operations() const { return operations_; }

 private:
  friend Result<ResolvedPatch> resolve(const std::vector<RawOperation>&, const schema::ResourceType&, const Dialect&,
                                       std::string_view, std::vector<std::string>*);
  std::vector<Operation> operations_;
  std::vector<MemberChange> member_changes_;
};

/// Rewrites by the dialect, then resolves every path against the resource type. Pure.
[[nodiscard]] Result<ResolvedPatch> resolve(const std::vector<RawOperation>& operations,
                                            const schema::ResourceType& type, const Dialect& dialect,
                                            std::string_view own_id, std::vector<std::string>* applied = nullptr);

}  // namespace rolecall::patch
