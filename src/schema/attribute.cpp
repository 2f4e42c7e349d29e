#include "rolecall/schema/attribute.hpp"

#include "rolecall/base/text.hpp"

namespace rolecall::schema {

const Attribute* Attribute::find_sub_attribute(std::string_view sub_name) const {
  for (const Attribute& sub : sub_attributes) {
    if (equals_ignoring_ascii_case(sub.name, sub_name)) return &sub;
  }
  return nullptr;
}

}  // namespace rolecall::schema
