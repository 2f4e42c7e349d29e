#include "effect.hpp"

#include "rolecall/base/encoding.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::provisioning {
namespace {

json::Array to_array(const std::set<std::string>& texts) {
  json::Array array;
  array.reserve(texts.size());
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

std::set<std::string> texts_in(const json::Object& object, std::string_view name) {
  std::set<std::string> texts;
  const json::Value* value = object.find(name);
  const json::Array* array = value != nullptr ? value->as_array() : nullptr;
  if (array == nullptr) return texts;
  for (const json::Value& item : *array) {
    if (const auto* text = item.as_string()) texts.insert(*text);
  }
  return texts;
}

json::Array to_array(const std::map<std::string, std::string>& strangers) {
  json::Array array;
  for (const auto& [value, type] : strangers) array.emplace_back(json::Object{{"value", value}, {"type", type}});
  return array;
}

std::string text_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  const std::string* text = value != nullptr ? value->as_string() : nullptr;
  return text != nullptr ? *text : std::string();
}

std::map<std::string, std::string> strangers_in(const json::Object& object, std::string_view name) {
  std::map<std::string, std::string> strangers;
  const json::Value* value = object.find(name);
  const json::Array* array = value != nullptr ? value->as_array() : nullptr;
  if (array == nullptr) return strangers;
  for (const json::Value& item : *array) {
    if (const auto* stranger = item.as_object()) {
      strangers.emplace(text_in(*stranger, "value"), text_in(*stranger, "type"));
    }
  }
  return strangers;
}

json::Object object_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  const json::Object* found = value != nullptr ? value->as_object() : nullptr;
  return found != nullptr ? *found : json::Object();
}

bool flag_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->as_bool() != nullptr && *value->as_bool();
}

}  // namespace

bool Effect::is_deactivation() const {
  const json::Value* active = after.find("active");
  return type == "User" && active != nullptr && *active == json::Value(false);
}

void note_difference(Effect& effect, const json::Object& before, const json::Object& after) {
  for (const auto& [name, value] : after) {
    const json::Value* old = before.find(name);
    if (old != nullptr && *old == value) continue;
    effect.before.set(name, old != nullptr ? *old : json::Value());
    effect.after.set(name, value);
  }
  for (const auto& [name, value] : before) {
    if (after.find(name) != nullptr) continue;
    effect.before.set(name, value);
    effect.after.set(name, json::Value());
  }
}

json::Object overlaid(json::Object document, const json::Object& values) {
  for (const auto& [name, value] : values) {
    if (value.is_null()) {
      document.erase(name);
    } else {
      document.set(name, value);
    }
  }
  return document;
}

std::string to_text(const Effect& effect, bool is_whole) {
  json::Object text{{"type", effect.type}, {"id", effect.id.value()}, {"name", effect.name}};
  if (effect.is_deletion) text.append("deletes", true);
  if (!effect.after.empty()) text.append("after", effect.after);
  if (!effect.removed.empty()) text.append("removed", to_array(effect.removed));
  if (!effect.added.empty()) text.append("added", to_array(effect.added));
  if (!effect.parked.empty()) text.append("parked", to_array(effect.parked));
  if (!effect.unparked.empty()) text.append("unparked", to_array(effect.unparked));
  if (is_whole && !effect.before.empty()) text.append("before", effect.before);
  if (is_whole && !effect.users.empty()) text.append("users", to_array(effect.users));
  if (is_whole && !effect.lost.empty()) text.append("lost", effect.lost);
  return json::write(std::move(text));
}

Result<Effect> effect_from(std::string_view text) {
  json::Limits limits;
  limits.bytes = text.size() + 1;
  limits.string_bytes = limits.bytes;
  limits.nodes = limits.bytes;
  // A document lies two levels deeper here than in its own row.
  limits.depth += 4;
  const auto parsed = json::parse(text, limits);
  const json::Object* object = parsed ? parsed->as_object() : nullptr;
  if (object == nullptr) return internal_error("a stored effect of a change is unreadable");
  Effect effect;
  effect.type = text_in(*object, "type");
  effect.id = ResourceId(text_in(*object, "id"));
  effect.name = text_in(*object, "name");
  effect.is_deletion = flag_in(*object, "deletes");
  effect.before = object_in(*object, "before");
  effect.after = object_in(*object, "after");
  effect.removed = texts_in(*object, "removed");
  effect.added = texts_in(*object, "added");
  effect.parked = strangers_in(*object, "parked");
  effect.unparked = strangers_in(*object, "unparked");
  effect.users = texts_in(*object, "users");
  effect.lost = object_in(*object, "lost");
  return effect;
}

std::string digest_of(const Effect& effect, const Digest& digest) {
  Effect nameless = effect;
  nameless.name.clear();
  return to_hex(digest.sha256(to_text(nameless, false)));
}

namespace {

std::int64_t number_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  const json::Number* number = value != nullptr ? value->as_number() : nullptr;
  return number != nullptr ? json::to_integer(*number).value_or(0) : 0;
}

std::int64_t micros(Instant at) { return at.time_since_epoch().count(); }
Instant instant_in(const json::Object& object, std::string_view name) {
  return Instant(std::chrono::microseconds(number_in(object, name)));
}

json::Object to_json(const store::ResourceRecord& record) {
  return {{"id", record.id.value()},
          {"type", record.type},
          {"connection", record.connection.value()},
          {"version", record.version.number},
          {"created", micros(record.created)},
          {"last_modified", micros(record.last_modified)},
          {"unique_key", record.unique_key},
          {"display", record.display},
          {"external_id", record.external_id},
          {"is_active", record.is_active},
          {"default_role", record.default_role},
          {"document", record.document}};
}

store::ResourceRecord record_in(const json::Object& snapshot) {
  const json::Object object = object_in(snapshot, "record");
  store::ResourceRecord record;
  record.id = ResourceId(text_in(object, "id"));
  record.type = text_in(object, "type");
  record.connection = ConnectionId(text_in(object, "connection"));
  record.version = Version{number_in(object, "version")};
  record.created = instant_in(object, "created");
  record.last_modified = instant_in(object, "last_modified");
  record.unique_key = text_in(object, "unique_key");
  record.display = text_in(object, "display");
  record.external_id = text_in(object, "external_id");
  record.is_active = flag_in(object, "is_active");
  record.default_role = text_in(object, "default_role");
  record.document = text_in(object, "document");
  return record;
}

json::Object to_json(const store::LinkRecord& link) {
  json::Object object{{"id", link.id.value()},
                      {"role", link.role.value()},
                      {"group_name", link.group_name},
                      {"is_active", link.state == store::LinkState::active},
                      {"origin", static_cast<std::int64_t>(link.origin)},
                      {"made_by", link.made_by},
                      {"made", micros(link.made)},
                      {"approved_by", link.approved_by}};
  if (link.approved) object.append("approved", micros(*link.approved));
  return object;
}

store::LinkRecord link_in(const json::Object& object, const store::ResourceRecord& group) {
  store::LinkRecord link;
  link.id = LinkId(text_in(object, "id"));
  link.group = group.id;
  link.role = RoleId(text_in(object, "role"));
  link.connection = group.connection;
  link.group_name = text_in(object, "group_name");
  link.state = flag_in(object, "is_active") ? store::LinkState::active : store::LinkState::paused;
  for (const auto origin : {store::LinkOrigin::listing, store::LinkOrigin::pushed, store::LinkOrigin::admin}) {
    if (number_in(object, "origin") == static_cast<std::int64_t>(origin)) link.origin = origin;
  }
  link.made_by = text_in(object, "made_by");
  link.made = instant_in(object, "made");
  link.approved_by = text_in(object, "approved_by");
  if (object.find("approved") != nullptr) link.approved = instant_in(object, "approved");
  return link;
}

std::vector<json::Object> objects_in(const json::Object& object, std::string_view name) {
  std::vector<json::Object> found;
  const json::Value* value = object.find(name);
  const json::Array* array = value != nullptr ? value->as_array() : nullptr;
  if (array == nullptr) return found;
  for (const json::Value& item : *array) {
    if (const auto* one = item.as_object()) found.push_back(*one);
  }
  return found;
}

}  // namespace

Result<json::Object> snapshot_user(store::Workspace& workspace, const store::ResourceRecord& user) {
  ROLECALL_TRY_ASSIGN(const auto memberships, workspace.members().groups_of(user.id));
  ROLECALL_TRY_ASSIGN(const auto direct, workspace.grants().direct_of(user.id));
  json::Array groups;
  for (const auto& membership : memberships) groups.emplace_back(membership.group.value());
  json::Array grants;
  for (const auto& grant : direct) {
    grants.emplace_back(
        json::Object{{"role", grant.role.value()}, {"made_by", grant.made_by}, {"made", micros(grant.made)}});
  }
  return json::Object{{"record", to_json(user)}, {"groups", std::move(groups)}, {"direct", std::move(grants)}};
}

Result<json::Object> snapshot_group(store::Workspace& workspace, const store::ResourceRecord& group) {
  constexpr std::int64_t kPage = 1'000;
  json::Array members;
  for (ResourceId after;;) {
    ROLECALL_TRY_ASSIGN(const auto page, workspace.members().page(group.id, after, kPage));
    for (const auto& member : page) members.emplace_back(member.member.value());
    if (page.size() < static_cast<std::size_t>(kPage)) break;
    after = page.back().member;
  }
  json::Array parked;
  for (std::string after;;) {
    ROLECALL_TRY_ASSIGN(const auto page, workspace.parked_members().page(group.id, after, kPage));
    for (const auto& one : page) parked.emplace_back(json::Object{{"value", one.value}, {"type", one.type}});
    if (page.size() < static_cast<std::size_t>(kPage)) break;
    after = page.back().value;
  }
  json::Array groups;
  ROLECALL_TRY_ASSIGN(const auto memberships, workspace.members().groups_of(group.id));
  for (const auto& membership : memberships) groups.emplace_back(membership.group.value());
  json::Array links;
  ROLECALL_TRY_ASSIGN(const auto of_group, workspace.links().of_group(group.id));
  for (const auto& link : of_group) {
    if (link.state != store::LinkState::orphaned) links.emplace_back(to_json(link));
  }
  json::Object snapshot{{"record", to_json(group)},
                        {"members", std::move(members)},
                        {"parked", std::move(parked)},
                        {"groups", std::move(groups)},
                        {"links", std::move(links)}};
  ROLECALL_TRY_ASSIGN(const auto role_group, workspace.roles().find_group(group.id));
  if (role_group) snapshot.append("role", role_group->role.value());
  return snapshot;
}

Result<LostUser> lost_user(const json::Object& snapshot) {
  LostUser user;
  user.record = record_in(snapshot);
  if (user.record.id.empty()) return internal_error("the snapshot of a deleted User is unreadable");
  for (const std::string& group : texts_in(snapshot, "groups")) user.groups.emplace_back(group);
  for (const json::Object& grant : objects_in(snapshot, "direct")) {
    user.direct.push_back(
        {user.record.id, RoleId(text_in(grant, "role")), text_in(grant, "made_by"), instant_in(grant, "made")});
  }
  return user;
}

Result<LostGroup> lost_group(const json::Object& snapshot) {
  LostGroup group;
  group.record = record_in(snapshot);
  if (group.record.id.empty()) return internal_error("the snapshot of a deleted Group is unreadable");
  group.members = texts_in(snapshot, "members");
  group.parked = strangers_in(snapshot, "parked");
  group.groups = texts_in(snapshot, "groups");
  for (const json::Object& link : objects_in(snapshot, "links")) group.links.push_back(link_in(link, group.record));
  group.stands_for = RoleId(text_in(snapshot, "role"));
  return group;
}

}  // namespace rolecall::provisioning
