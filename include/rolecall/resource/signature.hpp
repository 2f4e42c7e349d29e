#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rolecall/base/text.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::resource {

/// What a resource may hold, in 64 bytes: every value of an attribute without index rows sets one bit in each word. A
/// resource whose signature lacks a bit of a value does not have the value; one that has them all probably does, and
/// its document tells (a Bloom filter in eight parts; a user of 2 KB with 30 values is mistaken for another one in
/// 2,000 times). So a list filtered by an attribute that nobody thought of reads a narrow index and a few documents
/// instead of all documents.
///
/// Stored: what is computed here must stay the same from version to version. Unless it is made from a document it has
/// all bits: then every document is looked at.
struct Signature {
  static constexpr std::size_t kWords = 8;
  std::array<std::int64_t, kWords> words{-1, -1, -1, -1, -1, -1, -1, -1};
  bool operator==(const Signature&) const = default;
};

/// Is this an attribute whose values are in signatures: a text that clients write and that is kept in the document,
/// without index rows?
[[nodiscard]] bool is_signed(const schema::ResourceType& type, const schema::AttributePath& path);

/// The bits of one value. `key`: see schema/value_key.hpp; `path`: AttributePath::to_string().
[[nodiscard]] Signature signature_of_value(std::string_view path, std::string_view key);

[[nodiscard]] Signature signature_of(const schema::ResourceType& type, const json::Object& resource,
                                     const TextFolder& folder);

}  // namespace rolecall::resource
