#include "rolecall/patch/resolve.hpp"

#include "rolecall/base/text.hpp"

namespace rolecall::patch {
namespace {

bool is_members(const schema::ResourceType& type, const Path& path) {
  return type.name == "Group" && path.kind != Path::Kind::extension && path.attribute.extension == nullptr &&
         path.attribute.attribute->name == "members";
}

/// The id when the filter is exactly `value eq "<id>"`.
const std::string* single_id(const filter::Filter& filter) {
  const filter::Node& root = filter.node(filter.root);
  if (root.kind != filter::Node::Kind::test || root.test.op != filter::Operator::eq) return nullptr;
  const schema::Attribute* sub = root.test.path.sub_attribute;
  return sub != nullptr && sub->name == "value" ? root.test.value.as_string() : nullptr;
}

MemberChange member_removal(const Path& path) {
  MemberChange change;
  if (path.kind == Path::Kind::attribute) {
    change.kind = MemberChange::Kind::remove_all;
  } else if (const std::string* id = single_id(*path.filter)) {
    change.kind = MemberChange::Kind::remove;
    change.members.push_back({*id, {}});
  } else {
    change.kind = MemberChange::Kind::remove_matching;
    change.filter = path.filter;
  }
  return change;
}

Result<MemberChange> resolve_members(Op op, const Path& path, const std::optional<json::Value>& value) {
  const bool is_whole = path.attribute.sub_attribute == nullptr;
  if (!is_whole || (op != Op::remove && path.kind == Path::Kind::selection)) {
    return fail(ErrorCode::mutability,
                "The parts of a member cannot be changed. Remove the member and add the one that is meant.", "members");
  }
  if (op == Op::remove) return member_removal(path);
  MemberChange change;
  change.kind = op == Op::add ? MemberChange::Kind::add : MemberChange::Kind::replace_all;
  ROLECALL_TRY_ASSIGN(change.members, resource::read_members(*value, resource::ValidationOptions{}));
  return change;
}

/// Collects operations in the order in which they apply.
class Resolver {
 public:
  Resolver(const schema::ResourceType& type, const Dialect& dialect) : type_(type), dialect_(dialect) {}

  Result<void> resolve(const RawOperation& operation) {
    if (!operation.path) return resolve_pathless(operation.op, *operation.value, nullptr);
    ROLECALL_TRY_ASSIGN(const auto path, parse_path(*operation.path, type_));
    if (path.kind == Path::Kind::extension && operation.op != Op::remove) {
      if (operation.op == Op::replace && operation.value->is_null()) return add(Op::remove, path, std::nullopt);
      return resolve_pathless(operation.op, *operation.value, path.attribute.extension);
    }
    return add(operation.op, path, operation.value);
  }

  std::vector<Operation> operations;
  std::vector<MemberChange> member_changes;

 private:
  /// Each member of the value is an operation on the attribute of its name (RFC 7644 §3.5.2.1, §3.5.2.3).
  Result<void> resolve_pathless(Op op, const json::Value& value, const schema::Schema* extension) {
    const json::Object* object = value.as_object();
    if (object == nullptr) {
      return fail(ErrorCode::invalid_value,
                  "Without a path to one attribute, \"value\" must be an object of attributes.");
    }
    // RFC 7644 §3.5.2.1, §3.5.2.3. Where keys that mean nothing are passed over, nothing may be left.
    if (object->empty() && !dialect_.unknown_keys) {
      return fail(ErrorCode::invalid_value, "Without a path, \"value\" must be an object of one or more attributes.");
    }
    for (const auto& [name, member] : *object) {
      const schema::Schema* inner = extension == nullptr ? type_.find_extension(name) : nullptr;
      if (inner != nullptr) {
        // One level only: `inner` is set for the outer object alone.
        if (member.is_null()) {
          Path path;
          path.kind = Path::Kind::extension;
          path.attribute.extension = inner;
          if (op == Op::replace) ROLECALL_TRY(add(Op::remove, path, std::nullopt));
          continue;
        }
        ROLECALL_TRY(resolve_extension_object(op, member, *inner));
        continue;
      }
      ROLECALL_TRY(resolve_key(op, name, member, extension));
    }
    return {};
  }

  Result<void> resolve_extension_object(Op op, const json::Value& value, const schema::Schema& extension) {
    const json::Object* object = value.as_object();
    if (object == nullptr) {
      return fail(ErrorCode::invalid_value, "The extension \"" + extension.id + "\" must be an object.", extension.id);
    }
    for (const auto& [name, member] : *object) ROLECALL_TRY(resolve_key(op, name, member, &extension));
    return {};
  }

  Result<void> resolve_key(Op op, const std::string& name, const json::Value& value, const schema::Schema* extension) {
    ROLECALL_TRY_ASSIGN(const auto path, parse_path(extension != nullptr ? extension->id + ":" + name : name, type_));
    if (path.kind != Path::Kind::attribute || path.attribute.sub_attribute != nullptr) {
      return fail(ErrorCode::invalid_path, "\"" + name + "\" is a path; write it as the operation's \"path\".", name);
    }
    return add(op, path, value);
  }

  /// RFC 7644 §3.5.2.2 knows no value here. Passing over one would remove all where a client meant some.
  static Result<void> check_removal(const Path& path, const std::optional<json::Value>& value) {
    const bool is_list = path.kind == Path::Kind::attribute && path.attribute.attribute->multi_valued;
    if (!is_list || !value || value->is_null()) return {};
    const std::string& name = path.attribute.attribute->name;
    const std::string example = name == "members" ? "members[value eq \"<id>\"]" : name + "[value eq \"…\"]";
    return fail(ErrorCode::invalid_value,
                "A remove takes no \"value\". Name what to remove in the path, as in " + example + ".", name);
  }

  Result<void> add(Op op, const Path& path, const std::optional<json::Value>& value) {
    if (op == Op::remove) ROLECALL_TRY(check_removal(path, value));
    if (is_members(type_, path)) {
      ROLECALL_TRY_ASSIGN(auto change, resolve_members(op, path, value));
      member_changes.push_back(std::move(change));
      return {};
    }
    if (path.kind != Path::Kind::extension && path.attribute.attribute->name == "schemas" &&
        path.attribute.extension == nullptr && path.kind == Path::Kind::attribute) {
      return {};  // recomputed from what is there
    }
    operations.push_back({op, path, op == Op::remove ? json::Value() : *value});
    return {};
  }

  const schema::ResourceType& type_;
  const Dialect& dialect_;
};

}  // namespace

Result<ResolvedPatch> resolve(const std::vector<RawOperation>& operations, const schema::ResourceType& type,
                              const Dialect& dialect, std::string_view own_id, std::vector<std::string>* applied) {
  ROLECALL_TRY_ASSIGN(const auto rewritten, rewrite(operations, type, dialect, own_id, applied));
  Resolver resolver(type, dialect);
  for (const RawOperation& operation : rewritten) ROLECALL_TRY(resolver.resolve(operation));
  ResolvedPatch patch;
  patch.operations_ = std::move(resolver.operations);
  patch.member_changes_ = std::move(resolver.member_changes);
  return patch;
}

}  // namespace rolecall::patch
