#include "rolecall/resource/key.hpp"

namespace rolecall::resource {

std::vector<IndexEntry> index_of(const schema::ResourceType& type, const json::Object& resource,
                                 const TextFolder& folder) {
  std::vector<IndexEntry> entries;
  for (std::size_t i = 0; i < type.indexed_paths.size(); ++i) {
    const schema::AttributePath& path = type.indexed_paths[i];
    const json::Object* container = &resource;
    if (path.extension != nullptr) {
      const json::Value* extension = resource.find(path.extension->id);
      container = extension != nullptr ? extension->as_object() : nullptr;
    }
    const json::Value* value = container != nullptr ? container->find(path.attribute->name) : nullptr;
    if (value == nullptr) continue;
    const auto add = [&](const json::Value& element, int number) {
      const json::Value* leaf = &element;
      if (path.sub_attribute != nullptr) {
        leaf = element.is_object() ? element.as_object()->find(path.sub_attribute->name) : nullptr;
      }
      if (leaf == nullptr) return;
      if (auto key = key_of(path.leaf(), *leaf, folder)) {
        const bool is_unique = path.leaf().uniqueness != schema::Uniqueness::none;
        entries.push_back(IndexEntry{type.indexed[i], number, std::move(*key), is_unique});
      }
    };
    if (const json::Array* elements = value->as_array()) {
      int number = 0;
      for (const json::Value& element : *elements) add(element, number++);
    } else {
      add(*value, 0);
    }
  }
  return entries;
}

}  // namespace rolecall::resource
