#include "rolecall/store/sort_position.hpp"

#include <algorithm>
#include <utility>

#include "rolecall/resource/key.hpp"

namespace rolecall::store {
namespace {

const json::Value* sort_value(const schema::AttributePath& path, const json::Object& resource) {
  const json::Object* container = &resource;
  if (path.extension != nullptr) {
    const json::Value* extension = resource.find(path.extension->id);
    container = extension != nullptr ? extension->as_object() : nullptr;
  }
  const json::Value* value = container != nullptr ? container->find(path.attribute->name) : nullptr;
  if (value == nullptr) return nullptr;
  if (const json::Array* elements = value->as_array()) {
    if (elements->empty()) return nullptr;
    const auto is_primary = [](const json::Value& element) {
      const json::Object* object = element.as_object();
      const json::Value* primary = object != nullptr ? object->find("primary") : nullptr;
      return primary != nullptr && primary->is_bool() && *primary->as_bool();
    };
    const auto primary = std::find_if(elements->begin(), elements->end(), is_primary);
    value = primary != elements->end() ? &*primary : &elements->front();
  }
  if (path.sub_attribute == nullptr) return value;
  const json::Object* object = value->as_object();
  return object != nullptr ? object->find(path.sub_attribute->name) : nullptr;
}

}  // namespace

Position position_of(const ResourceId& id, const json::Object& resource,
                     const std::optional<schema::AttributePath>& sort_by, const TextFolder& folder) {
  Position position;
  position.id = id;
  if (!sort_by) return position;
  position.has_key = false;
  const json::Value* value = sort_value(*sort_by, resource);
  auto key = value != nullptr ? resource::key_of(sort_by->leaf(), *value, folder) : std::nullopt;
  if (!key) return position;
  position.has_key = true;
  position.key = std::move(*key);
  if (position.key.size() > kSortKeyBytes) position.key.resize(kSortKeyBytes);
  return position;
}

}  // namespace rolecall::store
