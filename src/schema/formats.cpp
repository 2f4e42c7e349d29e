#include "formats.hpp"

#include <array>

#include "rolecall/base/text.hpp"

namespace rolecall::schema {
namespace {

constexpr std::string_view kUser = "urn:ietf:params:scim:schemas:core:2.0:User";
constexpr std::string_view kGroup = "urn:ietf:params:scim:schemas:core:2.0:Group";
constexpr std::string_view kEnterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

struct Row {
  std::string_view urn;
  std::string_view attribute;
  std::string_view sub_attribute;
  Format format;
};

/// RFC 7643 §4.1.1, §4.1.2, §4.2 and §4.3.
constexpr std::array<Row, 8> kRows{{{kUser, "userName", "", Format::user_name},
                                    {kUser, "preferredLanguage", "", Format::language_ranges},
                                    {kUser, "locale", "", Format::language_tag},
                                    {kUser, "timezone", "", Format::time_zone},
                                    {kUser, "addresses", "country", Format::country},
                                    {kUser, "x509Certificates", "value", Format::certificate},
                                    {kGroup, "members", "", Format::members},
                                    {kEnterpriseUser, "manager", "", Format::manager}}};

Attribute* find_in(std::vector<Attribute>& attributes, std::string_view name) {
  for (Attribute& attribute : attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

}  // namespace

void assign_formats(Schema& schema) {
  for (const Row& row : kRows) {
    if (!equals_ignoring_ascii_case(schema.id, row.urn)) continue;
    Attribute* attribute = find_in(schema.attributes, row.attribute);
    if (attribute != nullptr && !row.sub_attribute.empty()) {
      attribute = find_in(attribute->sub_attributes, row.sub_attribute);
    }
    if (attribute != nullptr) attribute->format = row.format;
  }
}

}  // namespace rolecall::schema
