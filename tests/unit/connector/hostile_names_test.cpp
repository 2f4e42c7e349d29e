#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "rolecall/base/text.hpp"
#include "rolecall/connector/connector.hpp"
#include "rolecall/json/parse.hpp"

// Whatever somebody is called, a call asks for exactly that: no part of a name becomes a step of a path, a parameter, a
// clause of a search or a header. Of every connector.

namespace rolecall::connector {
namespace {

constexpr std::size_t kNames = 2'000;

std::vector<std::string> hostile_names() {
  using namespace std::string_literals;
  const std::vector<std::string> seeds{"O'Brien",
                                       "Robert\"); DROP TABLE people;--",
                                       "a\" or status eq \"ACTIVE",
                                       "a' or '1'='1",
                                       "\" or \"\"=\"",
                                       "x\\\" or true or \\\"",
                                       "*",
                                       "%",
                                       "%22",
                                       "%2e%2e%2f",
                                       "..",
                                       ".",
                                       "../../api/v1/users",
                                       "a/b",
                                       "a\\b",
                                       "/",
                                       "//evil.example",
                                       "?limit=1",
                                       "a&after=x",
                                       "a=b",
                                       "a#b",
                                       "a;b",
                                       "a,b",
                                       "a+b",
                                       "a b",
                                       " ",
                                       "\t",
                                       "a\r\nX-Evil: 1",
                                       "a\nb",
                                       "a\0b"s,
                                       "@evil.example",
                                       "user:pass@evil.example",
                                       "https://evil.example/",
                                       "{user}",
                                       "{object}",
                                       "${jndi:ldap://x}",
                                       "<script>alert(1)</script>",
                                       "(cn=*)",
                                       "*)(uid=*",
                                       "\xC3\xBCml\xC3\xA4ut",
                                       "\xE2\x80\xAEright-to-left",
                                       "\xEF\xBC\x8E\xEF\xBC\x8E\xEF\xBC\x8F",
                                       "\xF0\x9F\x92\xA9",
                                       "\xFF\xFE",
                                       "\xC0\xAE\xC0\xAE/",
                                       "a%00b",
                                       "%",
                                       "%zz",
                                       "[]",
                                       "{}",
                                       "null",
                                       "\"",
                                       "\\",
                                       "'",
                                       "`id`",
                                       "$(id)",
                                       "|",
                                       "~",
                                       "^",
                                       std::string(100, '.'),
                                       std::string(300, 'A')};
  std::vector<std::string> names = seeds;
  std::mt19937 dice(2'000);
  const auto any = [&] { return seeds[dice() % seeds.size()]; };
  while (names.size() < kNames) {
    std::string name = any();
    name.insert(dice() % (name.size() + 1), any());
    if (dice() % 2 == 0) name.insert(dice() % (name.size() + 1), 1, static_cast<char>(dice() % 256));
    names.push_back(std::move(name));
  }
  return names;
}

/// Of a target, taken apart by the letter of RFC 3986: anything that is not one is a failure of the test.
struct Target {
  std::vector<std::string> segments;  ///< decoded
  std::string query;                  ///< as it stands
};

std::optional<std::string> decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool is_unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                               c == '.' || c == '_' || c == '~';
    if (is_unreserved) {
      plain += c;
      continue;
    }
    if (c != '%' || at + 2 >= text.size()) return std::nullopt;
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto high = kDigits.find(text[at + 1]);
    const auto low = kDigits.find(text[at + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    plain += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return plain;
}

std::optional<Target> taken_apart(const std::string& text) {
  Target target;
  const auto mark = text.find('?');
  if (mark != std::string::npos) target.query = text.substr(mark);
  std::string_view path = std::string_view(text).substr(0, mark);
  if (path.empty() || path.front() != '/') return std::nullopt;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    const std::string_view raw = path.substr(0, end);
    if (raw == "." || raw == "..") return std::nullopt;
    auto segment = decoded(raw);
    if (!segment) return std::nullopt;
    target.segments.push_back(std::move(*segment));
    path.remove_prefix(end);
  }
  return target;
}

/// What a body of ours can hold at all: UTF-8 without U+0000.
bool is_text(const std::string& name) { return is_valid_utf8(name) && name.find('\0') == std::string::npos; }

using ByName = std::function<Call(const Connector&, const std::string&)>;

/// Every read, and every call about a hook, that takes a text of somebody else's.
std::vector<ByName> calls_by_name() {
  return {
      [](const Connector& connector, const std::string& name) { return connector.get_person(name); },
      [](const Connector& connector, const std::string& name) { return connector.list_groups_of(name); },
      [](const Connector& connector, const std::string& name) { return connector.list_members(name); },
      [](const Connector& connector, const std::string& name) { return connector.list_assignments(name); },
      [](const Connector& connector, const std::string& name) { return connector.verify_hook(name); },
      [](const Connector& connector, const std::string& name) { return connector.deactivate_hook(name); },
      [](const Connector& connector, const std::string& name) { return connector.delete_hook(name); },
  };
}

TEST(HostileNames, InAPath_AreOneSegmentOfIt) {
  const auto names = hostile_names();
  ASSERT_EQ(names.size(), kNames);
  for (const Connector* connector : connectors()) {
    for (const ByName& by_name : calls_by_name()) {
      const Call plain = by_name(*connector, "00plain");
      const auto wanted = taken_apart(plain.target);
      ASSERT_TRUE(wanted) << plain.target;
      for (const std::string& name : names) {
        const Call call = by_name(*connector, name);
        const auto found = taken_apart(call.target);
        ASSERT_TRUE(found) << call.target;
        auto expected = wanted->segments;
        for (std::string& segment : expected) {
          if (segment == "00plain") segment = name;
        }
        EXPECT_EQ(found->segments, expected);
        EXPECT_EQ(found->query, wanted->query);
        EXPECT_EQ(call.method, plain.method);
        EXPECT_EQ(call.headers, plain.headers);
        EXPECT_EQ(call.body, plain.body);
      }
    }
  }
}

TEST(HostileNames, InASearch_AreOneTextOfIt) {
  for (const Connector* connector : connectors()) {
    const Call plain = connector->list_applications_of("00plain");
    const auto parts_of = [](const std::string& target) {
      std::vector<std::string> parts;
      const auto mark = target.find('?');
      for (std::string_view rest = std::string_view(target).substr(mark + 1); !rest.empty();) {
        const auto end = std::min(rest.find('&'), rest.size());
        parts.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      return std::pair(target.substr(0, mark), parts);
    };
    const auto wanted = parts_of(plain.target);
    for (const std::string& name : hostile_names()) {
      const auto found = parts_of(connector->list_applications_of(name).target);
      EXPECT_EQ(found.first, wanted.first);
      ASSERT_EQ(found.second.size(), wanted.second.size());
      for (std::size_t at = 0; at < found.second.size(); ++at) {
        const auto equals = found.second[at].find('=');
        EXPECT_EQ(found.second[at].substr(0, equals), wanted.second[at].substr(0, equals));
        const auto value = decoded(std::string_view(found.second[at]).substr(equals + 1));
        ASSERT_TRUE(value) << found.second[at];
        // A search: whatever it begins with, and one text of JSON, which is the name and ends the search.
        const auto quote = value->find('"');
        const auto plain_value = decoded(std::string_view(wanted.second[at]).substr(equals + 1));
        if (plain_value->find('"') == std::string::npos || !is_text(name)) continue;
        const auto text = json::parse(value->substr(quote));
        ASSERT_TRUE(text && text->is_string()) << *value;
        EXPECT_EQ(*text->as_string(), name);
      }
    }
  }
}

TEST(HostileNames, AsTargetsOfActions_AreIds_OrRefused) {
  const auto names = hostile_names();
  for (const Connector* connector : connectors()) {
    for (const ActionType& type : connector->actions()) {
      if (type.targets.empty()) continue;
      ActionRequest request{std::string(type.name), "00plain", type.targets.size() > 1 ? "00other" : "", {}};
      for (std::string* place : {&request.user, &request.object}) {
        if (place->empty()) continue;
        const std::string before = *place;
        for (const std::string& name : names) {
          *place = name;
          const auto call = connector->action_call(request);
          // What is a plain word may be one of the provider's ids, and is one segment as it stands.
          if (!call || call->target.empty()) continue;
          const auto found = taken_apart(call->target);
          ASSERT_TRUE(found) << call->target;
          EXPECT_EQ(decoded(name), name) << type.name << " takes " << name;
        }
        *place = before;
      }
    }
  }
}

TEST(HostileNames, InABody_AreTheTextThatWasMeant) {
  const auto names = hostile_names();
  for (const Connector* connector : connectors()) {
    const ActionType* create = find_action(*connector, "create");
    if (create == nullptr) continue;
    std::size_t sent = 0;
    for (const std::string& name : names) {
      ActionRequest request{"create", "", "", {}};
      for (const Parameter& parameter : create->parameters) {
        if (parameter.is_required) request.parameters.append(std::string(parameter.name), name);
      }
      const auto call = connector->action_call(request);
      if (!call) continue;
      ++sent;
      EXPECT_TRUE(taken_apart(call->target)) << call->target;
      const auto body = json::parse(call->body);
      // What is no text at all never gets so far: bodies are checked where they come in.
      if (!is_text(name)) continue;
      ASSERT_TRUE(body && body->is_object()) << call->body;
      std::size_t held = 0;
      const std::function<void(const json::Value&)> look = [&](const json::Value& value) {
        if (value.is_string() && *value.as_string() == name) ++held;
        if (!value.is_object()) return;
        for (const auto& [key, inner] : *value.as_object()) look(inner);
      };
      look(*body);
      EXPECT_EQ(held, request.parameters.size()) << call->body;
    }
    EXPECT_GT(sent, kNames / 2);
  }
}

TEST(HostileNames, OfAHook_StayInItsBody) {
  for (const Connector* connector : connectors()) {
    if (connector->hook_scope().empty()) continue;
    const Call plain = connector->create_hook("plain", "https://a.example/hook", Secret("secret"));
    for (const std::string& name : hostile_names()) {
      const Call call = connector->create_hook(name, "https://a.example/hook", Secret("secret"));
      EXPECT_EQ(call.target, plain.target);
      EXPECT_EQ(call.headers, plain.headers);
      // What is no text at all never gets so far: a directory is named by a body that was checked.
      if (!is_text(name)) continue;
      const auto body = json::parse(call.body);
      ASSERT_TRUE(body) << call.body;
      const json::Value* held = body->as_object()->find("name");
      ASSERT_NE(held, nullptr);
      EXPECT_EQ(*held->as_string(), name);
    }
  }
}

}  // namespace
}  // namespace rolecall::connector
