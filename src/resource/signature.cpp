#include "rolecall/resource/signature.hpp"

#include <algorithm>

#include "rolecall/base/hash.hpp"
#include "rolecall/schema/value_key.hpp"

namespace rolecall::resource {
namespace {

constexpr Signature kNothing{{0, 0, 0, 0, 0, 0, 0, 0}};

std::uint64_t hash_of_value(std::string_view path, std::string_view key) {
  std::uint64_t hash = hash_of(key, hash_of(std::string_view("\0", 1), hash_of(path)));
  // Its upper bits know little of the last bytes; this mixes them (MurmurHash3's finalizer).
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdU;
  hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53U;
  return hash ^ (hash >> 33U);
}

void add(Signature& signature, std::string_view path, std::string_view key) {
  constexpr unsigned kBitsOfPlace = 6;
  constexpr std::uint64_t kPlace = (1U << kBitsOfPlace) - 1;
  std::uint64_t places = hash_of_value(path, key);
  for (auto& word : signature.words) {
    word = static_cast<std::int64_t>(static_cast<std::uint64_t>(word) | std::uint64_t{1} << (places & kPlace));
    places >>= kBitsOfPlace;
  }
}

bool is_text(const schema::Attribute& attribute) {
  // A reference to a manager is added to what is shown.
  return attribute.type == schema::Type::string ||
         (attribute.type == schema::Type::reference && attribute.name != "$ref");
}

bool is_kept(const schema::Attribute& attribute) {
  return attribute.mutability != schema::Mutability::read_only &&
         attribute.mutability != schema::Mutability::write_only && attribute.format != schema::Format::members;
}

class Signer {
 public:
  Signer(const schema::ResourceType& type, const TextFolder& folder) : type_(type), folder_(folder) {}

  void add_all(const schema::Schema* extension, const std::vector<schema::Attribute>& attributes,
               const json::Object& values) {
    for (const auto& attribute : attributes) {
      const json::Value* value = is_kept(attribute) ? values.find(attribute.name) : nullptr;
      if (value == nullptr) continue;
      if (const json::Array* elements = value->as_array()) {
        for (const json::Value& element : *elements) add_value(extension, attribute, element);
      } else {
        add_value(extension, attribute, *value);
      }
    }
  }
  [[nodiscard]] const Signature& signature() const { return signature_; }

 private:
  void add_value(const schema::Schema* extension, const schema::Attribute& attribute, const json::Value& value) {
    if (attribute.sub_attributes.empty()) {
      add_leaf({extension, &attribute, nullptr}, value);
      return;
    }
    const json::Object* parts = value.as_object();
    if (parts == nullptr) return;
    for (const auto& sub : attribute.sub_attributes) {
      const json::Value* part = parts->find(sub.name);
      if (part != nullptr) add_leaf({extension, &attribute, &sub}, *part);
    }
  }

  void add_leaf(const schema::AttributePath& path, const json::Value& value) {
    if (!is_signed(type_, path)) return;
    if (const auto key = schema::key_of(path.leaf(), value, folder_)) add(signature_, path.to_string(), *key);
  }

  const schema::ResourceType& type_;
  const TextFolder& folder_;
  Signature signature_ = kNothing;
};

}  // namespace

bool is_signed(const schema::ResourceType& type, const schema::AttributePath& path) {
  if (!is_kept(*path.attribute) || !is_kept(path.leaf()) || !is_text(path.leaf())) return false;
  const auto& common = schema::common_attributes();
  const auto is_it = [&](const schema::Attribute& attribute) { return &attribute == path.attribute; };
  if (std::any_of(common.begin(), common.end(), is_it)) return false;
  return std::find(type.indexed_paths.begin(), type.indexed_paths.end(), path) == type.indexed_paths.end();
}

Signature signature_of_value(std::string_view path, std::string_view key) {
  Signature signature = kNothing;
  add(signature, path, key);
  return signature;
}

Signature signature_of(const schema::ResourceType& type, const json::Object& resource, const TextFolder& folder) {
  Signer signer(type, folder);
  signer.add_all(nullptr, type.schema->attributes, resource);
  for (const auto& extension : type.extensions) {
    const json::Value* values = resource.find(extension.schema->id);
    if (values != nullptr && values->is_object()) {
      signer.add_all(extension.schema, extension.schema->attributes, *values->as_object());
    }
  }
  return signer.signature();
}

}  // namespace rolecall::resource
