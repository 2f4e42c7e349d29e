#include "render.hpp"

#include "api/entity_tag.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/json/parse.hpp"
#include "rolecall/json/write.hpp"
#include "rolecall/resource/document.hpp"

namespace rolecall::api::scim {
namespace {

void append_path(std::string& out, std::string_view base, std::string_view endpoint, const ResourceId& id) {
  out += base;
  out += endpoint;
  out += '/';
  out += id.value();
}

/// `"$ref":"https://…"`: neither our base, which is checked, nor our ids need escapes.
void append_reference(std::string& out, std::string_view base, std::string_view endpoint, const ResourceId& id) {
  out += R"(,"$ref":")";
  append_path(out, base, endpoint, id);
  out += '"';
}

void append_display(std::string& out, const std::string& display) {
  if (display.empty()) return;
  out += R"(,"display":)";
  json::write_string_to(out, display);
}

void append_groups(std::string& out, std::string_view base, const std::vector<store::MembershipRecord>& groups) {
  if (groups.empty()) return;
  out += R"(,"groups":[)";
  for (std::size_t at = 0; at < groups.size(); ++at) {
    out += at == 0 ? R"({"value":)" : R"(,{"value":)";
    json::write_string_to(out, groups[at].group.value());
    append_display(out, groups[at].display);
    append_reference(out, base, "/Groups", groups[at].group);
    out += groups[at].is_direct ? R"(,"type":"direct"})" : R"(,"type":"indirect"})";
  }
  out += ']';
}

void append_members(std::string& out, std::string_view base, const std::vector<store::MemberRecord>& members) {
  if (members.empty()) return;
  constexpr std::size_t kMemberBytes = 200;
  out.reserve(out.size() + members.size() * kMemberBytes);
  out += R"(,"members":[)";
  for (std::size_t at = 0; at < members.size(); ++at) {
    const store::MemberRecord& member = members[at];
    out += at == 0 ? R"({"value":)" : R"(,{"value":)";
    json::write_string_to(out, member.member.value());
    append_display(out, member.display);
    out += R"(,"type":)";
    json::write_string_to(out, member.type);
    append_reference(out, base, member.type == "Group" ? "/Groups" : "/Users", member.member);
    out += '}';
  }
  out += ']';
}

/// `"effectiveRoles":[…]`
void append_roles(std::string& out, const std::vector<store::HeldRoleRecord>& roles) {
  out += R"("effectiveRoles":[)";
  for (std::size_t at = 0; at < roles.size(); ++at) {
    out += at == 0 ? R"({"value":)" : R"(,{"value":)";
    json::write_string_to(out, roles[at].role.value());
    append_display(out, roles[at].name);
    out += R"(,"cause":")";
    out += access::name_of(roles[at].cause);
    out += R"("})";
  }
  out += ']';
}

/// The text of a User with the roles in its extension, which comes into being for them where there is none.
std::string with_roles(std::string_view document, const std::vector<store::HeldRoleRecord>& roles) {
  // Quotes inside a string are escaped, so that neither can be found in the middle of a value.
  constexpr std::string_view kExtension = R"("urn:ietf:params:scim:schemas:extension:rolecall:2.0:User":{)";
  constexpr std::string_view kSchemas = R"("schemas":[)";
  std::string out;
  const auto extension = document.find(kExtension);
  if (extension != std::string_view::npos) {
    const auto inside = extension + kExtension.size();
    out += document.substr(0, inside);
    append_roles(out, roles);
    if (document.substr(inside, 1) != "}") out += ',';
    out += document.substr(inside);
    return out;
  }
  const auto schemas = document.find(kSchemas);
  const auto end = schemas == std::string_view::npos ? schemas : document.find(']', schemas);
  out += document.substr(0, end);
  if (end != std::string_view::npos) {
    out += ",\"";
    out += resource::kRolecallUserExtension;
    out += '"';
    out += document.substr(end);
  }
  out += out.empty() ? "" : ",";
  out += kExtension;
  append_roles(out, roles);
  out += '}';
  return out;
}

/// The stored text; the address of the manager is not in it, because it starts with `base`.
void append_document(std::string& out, std::string_view base, const schema::ResourceType& type,
                     std::string_view document) {
  const auto manager = type.name == "User" ? resource::find_manager(document) : std::nullopt;
  if (!manager) {
    out += document;
    return;
  }
  const auto [at, id] = *manager;
  out += document.substr(0, at);
  append_reference(out, base, type.endpoint, ResourceId(std::string(id)));
  out += document.substr(at);
}

/// The whole representation: the stored text with what lives in rows around it.
void append_full(std::string& out, std::string_view base, const schema::ResourceType& type,
                 const provisioning::View& view) {
  const store::ResourceRecord& record = view.record;
  std::string_view document = record.document;
  // `{` and `}` of the stored object are replaced by ours.
  document = document.size() >= 2 ? document.substr(1, document.size() - 2) : std::string_view();
  out += R"({"id":)";
  json::write_string_to(out, record.id.value());
  if (!document.empty()) {
    out += ',';
    if (view.roles.empty()) {
      append_document(out, base, type, document);
    } else {
      append_document(out, base, type, with_roles(document, view.roles));
    }
  }
  append_groups(out, base, view.groups);
  append_members(out, base, view.members);
  out += R"(,"meta":{"resourceType":)";
  json::write_string_to(out, type.name);
  if (!type.is_read_only()) {
    out += R"(,"created":")";
    out += to_timestamp(record.created);
    out += R"(","lastModified":")";
    out += to_timestamp(record.last_modified);
    out += '"';
  }
  out += R"(,"location":")";
  append_path(out, base, type.endpoint, record.id);
  out += R"(","version":)";
  json::write_string_to(out, entity_tag(record.version));
  out += "}}";
}

}  // namespace

std::string location_of(std::string_view base, const schema::ResourceType& type, const ResourceId& id) {
  std::string location;
  append_path(location, base, type.endpoint, id);
  return location;
}

provisioning::Need need_of(const resource::Projection& projection) {
  return provisioning::Need{projection.wants_attribute("groups"), projection.wants_attribute("members"),
                            projection.wants_attribute(resource::kRolecallUserExtension, resource::kEffectiveRoles)};
}

Result<void> render(std::string& out, std::string_view base, const schema::ResourceType& type,
                    const provisioning::View& view, const resource::Projection& projection) {
  if (projection.is_default()) {
    append_full(out, base, type, view);
    return {};
  }
  std::string full;
  append_full(full, base, type, view);
  json::Limits limits;
  limits.bytes = full.size() + 1;
  limits.string_bytes = limits.bytes;
  limits.nodes = limits.free_nodes = limits.names = limits.bytes;
  const auto parsed = json::parse(full, limits);
  if (!parsed || !parsed->is_object()) return internal_error("a stored document is not readable: " + type.name);
  json::write_to(out, json::Value(projection.apply(*parsed->as_object())));
  return {};
}

}  // namespace rolecall::api::scim
