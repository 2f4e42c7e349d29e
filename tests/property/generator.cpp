#include "generator.hpp"

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace rolecall::property {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  if (text == nullptr) return otherwise;
  std::uint64_t number = otherwise;
  std::from_chars(text, text + std::strlen(text), number);
  return number;
}

/// Positions at which a character begins, and the end.
std::vector<std::size_t> boundaries(const std::string& text) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) found.push_back(i);
  }
  found.push_back(text.size());
  return found;
}

std::string with_ascii_case_swapped(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') {
      c = static_cast<char>(c - 'a' + 'A');
    } else if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return text;
}

}  // namespace

std::uint64_t seed_of_this_run() { return from_environment("ROLECALL_PROPERTY_SEED", 20261124); }

std::size_t scaled(std::size_t usual) { return usual * from_environment("ROLECALL_PROPERTY_FACTOR", 1); }

const std::vector<std::string>& hostile_texts() {
  static const std::vector<std::string> kTexts{
      "%",
      "_",
      "50%",
      "a_b",
      "axb",
      "'",
      "''",
      "' OR '1'='1",
      "\"",
      "say \"hi\"",
      "\\",
      "\\\\",
      "a\\b",
      "?",
      ":a",
      "$1",
      "*",
      "[x]",
      "(not)",
      "null",
      "true",
      "0",
      "7",
      "007",
      "7.0",
      "1e3",
      "-1",
      " x",
      "x ",
      "x",
      "X",
      "stra\xC3\x9F"
      "e",
      "STRASSE",
      "stra\xE1\xBA\x9E"
      "e",
      "\xC4\xB0stanbul",
      "istanbul",
      "ISTANBUL",
      "\xC4\xB1stanbul",
      "i\xCC\x87stanbul",
      "e\xCC\x81t\xC3\xA9",
      "\xC3\x89T\xC3\x89",
      "\xEF\xAC\x81n",  // the ligature fi
      "fin",
      "\xCE\xA3\xCE\xAF\xCF\x83\xCF\x85\xCF\x86\xCE\xBF\xCF\x82",  // both small sigmas
      "\xF0\x9F\x98\x80",
      "\xF0\x9F\x98\x80\xF0\x9F\x98\x81",
      "\xED\x9F\xBF",      // U+D7FF
      "\xEE\x80\x80",      // U+E000
      "\xEF\xBF\xBF",      // U+FFFF
      "\xF4\x8F\xBF\xBF",  // U+10FFFF
      "\xE2\x80\xAE",
      "\x7F",
      "\x01",
      "tab\there",
      "2011-05-13T04:42:34Z",
      "2011-05-13T06:42:34+02:00",
      "https://example.com/x%20y?z=1#f",
      "mail@example.com",
      "MAIL@EXAMPLE.COM",
      std::string(1'000, 'l'),
      std::string(999, 'l') + "m",
  };
  return kTexts;
}

std::string some_text(Random& random) {
  static const std::vector<std::string> kWords{"alpha", "Alpha", "alphabet", "beta", "Gamma", "gam", "ma"};
  switch (random.below(6)) {
    case 0:
    case 1:
      return random.of(hostile_texts());
    case 2: {
      const std::string joined = random.of(hostile_texts()) + random.of(kWords);
      return joined.size() <= 1'000 ? joined : random.of(kWords);
    }
    case 3:
      return variation_of(random, random.of(hostile_texts()));
    default:
      return random.of(kWords);
  }
}

std::string variation_of(Random& random, const std::string& text) {
  const auto places = boundaries(text);
  const std::size_t first = places[random.below(places.size())];
  switch (random.below(7)) {
    case 0:
      return text.substr(0, first);
    case 1:
      return text.substr(first);
    case 2: {
      const std::size_t second = places[random.below(places.size())];
      return second > first ? text.substr(first, second - first) : text.substr(second, first - second);
    }
    case 3:
      return with_ascii_case_swapped(text);
    case 4:
      return text + "a";
    case 5:
      return with_ascii_case_swapped(text.substr(0, first));
    default:
      return text;
  }
}

std::vector<schema::AttributePath> all_paths(const schema::ResourceType& type) {
  std::vector<schema::AttributePath> paths;
  const auto add = [&](const schema::Schema* extension, const schema::Attribute& attribute) {
    paths.push_back({extension, &attribute, nullptr});
    for (const auto& sub : attribute.sub_attributes) paths.push_back({extension, &attribute, &sub});
  };
  for (const char* common : {"schemas", "id", "externalId", "meta"}) add(nullptr, *type.resolve(common)->attribute);
  for (const auto& attribute : type.schema->attributes) add(nullptr, attribute);
  for (const auto& extension : type.extensions) {
    for (const auto& attribute : extension.schema->attributes) add(extension.schema, attribute);
  }
  return paths;
}

}  // namespace rolecall::property
