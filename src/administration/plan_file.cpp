#include "plan_file.hpp"

#include <algorithm>

#include "rolecall/administration/plans.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::administration {
namespace {

using Names = std::initializer_list<std::string_view>;

std::string join(const std::string& at, std::string_view name) {
  return at.empty() ? std::string(name) : at + "." + std::string(name);
}

/// The members of one object of the file, with its place.
class Reader {
 public:
  Reader(const json::Object& object, std::string at) : object_(object), at_(std::move(at)) {}

  [[nodiscard]] const std::string& at() const { return at_; }

  /// A slip of the pen must not pass for "stays as it is".
  Result<void> check_names(Names known) const {
    for (const auto& [name, value] : object_) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      std::string all;
      for (const std::string_view one : known) all += (all.empty() ? "" : ", ") + std::string(one);
      return fail(ErrorCode::invalid_value, "A plan has no member “" + name + "” here; there are " + all + ".",
                  join(at_, name));
    }
    return {};
  }

  Result<std::optional<std::string>> text(std::string_view name) const {
    const json::Value* value = object_.find(name);
    if (value == nullptr) return std::optional<std::string>();
    if (const auto* text = value->as_string()) return std::optional<std::string>(*text);
    return wrong(name, "a string");
  }

  Result<std::string> needed(std::string_view name) const {
    ROLECALL_TRY_ASSIGN(auto value, text(name));
    if (value && !value->empty()) return std::move(*value);
    return fail(ErrorCode::invalid_value, "The member “" + std::string(name) + "” is needed here.", join(at_, name));
  }

  Result<bool> flag(std::string_view name) const {
    const json::Value* value = object_.find(name);
    if (value == nullptr) return false;
    if (const auto* flag = value->as_bool()) return *flag;
    return wrong(name, "true or false");
  }

  Result<std::optional<std::int64_t>> number(std::string_view name) const {
    const json::Value* value = object_.find(name);
    if (value == nullptr) return std::optional<std::int64_t>();
    const json::Number* number = value->as_number();
    const auto integer = number == nullptr ? std::nullopt : json::to_integer(*number);
    if (integer) return integer;
    return wrong(name, "a whole number");
  }

  Result<std::optional<std::vector<std::string>>> texts(std::string_view name) const {
    const json::Value* value = object_.find(name);
    if (value == nullptr) return std::optional<std::vector<std::string>>();
    const json::Array* items = value->as_array();
    if (items == nullptr) return wrong(name, "an array of strings");
    std::vector<std::string> all;
    for (const json::Value& item : *items) {
      if (!item.is_string()) return wrong(name, "an array of strings");
      all.push_back(*item.as_string());
    }
    return std::optional<std::vector<std::string>>(std::move(all));
  }

  [[nodiscard]] tl::unexpected<Error> wrong(std::string_view name, const std::string& wanted) const {
    return fail(ErrorCode::invalid_value, "The member “" + std::string(name) + "” must be " + wanted + ".",
                join(at_, name));
  }

  [[nodiscard]] const json::Value* find(std::string_view name) const { return object_.find(name); }

 private:
  const json::Object& object_;
  std::string at_;
};

Result<DesiredRole> read_item(const Reader& reader, const DesiredRole&) {
  ROLECALL_TRY(reader.check_names({"name", "description", "permissions", "priority"}));
  DesiredRole role;
  role.at = reader.at();
  ROLECALL_TRY_ASSIGN(role.name, reader.needed("name"));
  ROLECALL_TRY_ASSIGN(role.description, reader.text("description"));
  ROLECALL_TRY_ASSIGN(role.permissions, reader.texts("permissions"));
  ROLECALL_TRY_ASSIGN(role.priority, reader.number("priority"));
  return role;
}

Result<DesiredLink> read_item(const Reader& reader, const DesiredLink&) {
  ROLECALL_TRY(reader.check_names({"group", "external_id", "connection", "role", "state"}));
  DesiredLink link;
  link.at = reader.at();
  ROLECALL_TRY_ASSIGN(auto external_id, reader.text("external_id"));
  link.external_id = std::move(external_id).value_or(std::string());
  if (link.external_id.empty()) {
    ROLECALL_TRY_ASSIGN(link.group, reader.needed("group"));
  } else {
    ROLECALL_TRY_ASSIGN(auto group, reader.text("group"));
    link.group = std::move(group).value_or(std::string());
  }
  ROLECALL_TRY_ASSIGN(auto connection, reader.text("connection"));
  link.connection = std::move(connection).value_or(std::string());
  ROLECALL_TRY_ASSIGN(link.role, reader.needed("role"));
  ROLECALL_TRY_ASSIGN(const auto state, reader.text("state"));
  if (!state || *state == "active") return link;
  if (*state != "paused") return reader.wrong("state", "active or paused");
  link.state = store::LinkState::paused;
  return link;
}

Result<DesiredDefault> read_item(const Reader& reader, const DesiredDefault&) {
  ROLECALL_TRY(reader.check_names({"connection", "role"}));
  DesiredDefault wanted;
  wanted.at = reader.at();
  ROLECALL_TRY_ASSIGN(wanted.connection, reader.needed("connection"));
  ROLECALL_TRY_ASSIGN(wanted.role, reader.needed("role"));
  return wanted;
}

Result<DesiredGuard> read_item(const Reader& reader, const DesiredGuard&) {
  ROLECALL_TRY(reader.check_names({"connection", "mode", "minimum", "percent", "window_minutes", "newcomer_hours",
                                   "auto_apply_minutes", "answer"}));
  DesiredGuard wanted;
  wanted.at = reader.at();
  ROLECALL_TRY_ASSIGN(wanted.connection, reader.needed("connection"));
  ROLECALL_TRY_ASSIGN(const auto mode, reader.text("mode"));
  if (mode) {
    const auto parsed = access::parse_guard_mode(*mode);
    if (!parsed) return reader.wrong("mode", "hold, observe or off");
    wanted.mode = *parsed;
  }
  ROLECALL_TRY_ASSIGN(wanted.minimum, reader.number("minimum"));
  ROLECALL_TRY_ASSIGN(wanted.percent, reader.number("percent"));
  ROLECALL_TRY_ASSIGN(wanted.window_minutes, reader.number("window_minutes"));
  ROLECALL_TRY_ASSIGN(wanted.newcomer_hours, reader.number("newcomer_hours"));
  ROLECALL_TRY_ASSIGN(wanted.auto_apply_minutes, reader.number("auto_apply_minutes"));
  ROLECALL_TRY_ASSIGN(const auto answer, reader.text("answer"));
  if (answer) {
    const auto parsed = access::parse_guard_answer(*answer);
    if (!parsed) return reader.wrong("answer", "refuse or accept");
    wanted.answer = *parsed;
  }
  return wanted;
}

template <typename Item>
Result<std::optional<Section<Item>>> read_section(const Reader& plan, std::string_view name, Names known,
                                                  std::size_t& left) {
  const json::Value* value = plan.find(name);
  if (value == nullptr) return std::optional<Section<Item>>();
  if (!value->is_object()) return plan.wrong(name, "an object with “items”");
  const Reader reader(*value->as_object(), std::string(name));
  ROLECALL_TRY(reader.check_names(known));
  Section<Item> section;
  ROLECALL_TRY_ASSIGN(section.prune, reader.flag("prune"));
  const json::Value* items = reader.find("items");
  if (items == nullptr || !items->is_array()) return reader.wrong("items", "an array");
  if (items->as_array()->size() > left) {
    return fail(ErrorCode::too_many, "A plan can have " + std::to_string(kPlanItems) + " items at most.", reader.at());
  }
  left -= items->as_array()->size();
  for (const json::Value& item : *items->as_array()) {
    const std::string at = reader.at() + ".items." + std::to_string(section.items.size());
    if (!item.is_object()) return fail(ErrorCode::invalid_value, "An item of a plan must be an object.", at);
    ROLECALL_TRY_ASSIGN(auto read, read_item(Reader(*item.as_object(), at), Item()));
    section.items.push_back(std::move(read));
  }
  return std::optional<Section<Item>>(std::move(section));
}

}  // namespace

Result<DesiredState> read_plan(const json::Object& plan) {
  const Reader reader(plan, {});
  ROLECALL_TRY(reader.check_names({"roles", "links", "default_roles", "guard"}));
  DesiredState desired;
  std::size_t left = kPlanItems;
  ROLECALL_TRY_ASSIGN(desired.roles, read_section<DesiredRole>(reader, "roles", {"prune", "items"}, left));
  ROLECALL_TRY_ASSIGN(desired.links, read_section<DesiredLink>(reader, "links", {"prune", "items"}, left));
  ROLECALL_TRY_ASSIGN(desired.default_roles, read_section<DesiredDefault>(reader, "default_roles", {"items"}, left));
  ROLECALL_TRY_ASSIGN(desired.guard, read_section<DesiredGuard>(reader, "guard", {"items"}, left));
  return desired;
}

}  // namespace rolecall::administration
