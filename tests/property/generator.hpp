#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/schema/registry.hpp"

namespace rolecall::property {

/// Seeded choices. Only the engine itself is used, whose numbers are the same with every library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  /// True once in `times`.
  bool one_in(std::size_t times) { return below(times) == 0; }
  template <typename T>
  const T& of(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

/// `ROLECALL_PROPERTY_SEED`, or the one that every run starts from.
[[nodiscard]] std::uint64_t seed_of_this_run();
/// `usual`, times `ROLECALL_PROPERTY_FACTOR`.
[[nodiscard]] std::size_t scaled(std::size_t usual);

/// Texts that storage and comparison are likely to get wrong.
[[nodiscard]] const std::vector<std::string>& hostile_texts();
/// One of them, two joined, or a plain word.
[[nodiscard]] std::string some_text(Random& random);
/// A text related to `text`: a part of it, another case, a neighbour.
[[nodiscard]] std::string variation_of(Random& random, const std::string& text);

/// Every attribute of the type that a filter can name, sub-attributes and extensions included.
[[nodiscard]] std::vector<schema::AttributePath> all_paths(const schema::ResourceType& type);

/// JSON texts of resources that canonicalize accepts.
[[nodiscard]] std::string some_user(Random& random, const std::string& user_name);

/// What filters compare with, besides what some_text invents.
struct Literals {
  std::vector<std::string> ids;
  std::vector<std::string> texts;
  std::vector<std::string> instants;
};
/// A filter over the whole grammar, as a client would write it.
[[nodiscard]] std::string some_filter(Random& random, const schema::ResourceType& type,
                                      const std::vector<schema::AttributePath>& paths, const Literals& literals);

}  // namespace rolecall::property
