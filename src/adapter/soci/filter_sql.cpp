#include "filter_sql.hpp"

#include <algorithm>
#include <cstdint>

#include "record_columns.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/schema/value_key.hpp"

namespace rolecall::adapter::soci {
namespace {

using filter::Node;
using filter::Operator;

/// The smallest text above every text that starts with `prefix`: its last code point that can grow, grown. UTF-8 sorts
/// bytewise as its code points do. None when there is no such text.
std::optional<std::string> successor_of(std::string prefix) {
  constexpr std::uint32_t kLast = 0x10FFFF;
  while (!prefix.empty()) {
    std::size_t start = prefix.size() - 1;
    while (start > 0 && (static_cast<unsigned char>(prefix[start]) & 0xC0U) == 0x80U) --start;
    const auto lead = static_cast<unsigned char>(prefix[start]);
    const std::size_t length = prefix.size() - start;
    std::uint32_t code = lead;
    if (length > 1) code = lead & (0xFFU >> (length + 1));
    for (std::size_t i = start + 1; i < prefix.size(); ++i) {
      code = (code << 6U) | (static_cast<unsigned char>(prefix[i]) & 0x3FU);
    }
    prefix.resize(start);
    if (code >= kLast) continue;
    ++code;
    if (code >= 0xD800 && code <= 0xDFFF) code = 0xE000;
    const auto tail = [&](unsigned shift) { prefix += static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
    if (code < 0x80) {
      prefix += static_cast<char>(code);
    } else if (code < 0x800) {
      prefix += static_cast<char>(0xC0U | (code >> 6U));
      tail(0);
    } else if (code < 0x10000) {
      prefix += static_cast<char>(0xE0U | (code >> 12U));
      tail(6);
      tail(0);
    } else {
      prefix += static_cast<char>(0xF0U | (code >> 18U));
      tail(12);
      tail(6);
      tail(0);
    }
    return prefix;
  }
  return std::nullopt;
}

/// SQLite's parser holds 100 open constructs, of which one of our levels takes three and a subquery a dozen; its
/// expression trees are 1,000 operators deep at most, and each AND or OR in a row is one. What is larger than these
/// bounds, and what binds more values than is worth a statement, is left to the evaluator.
constexpr std::size_t kDeepest = 16;
constexpr std::size_t kLongestChain = 500;
constexpr std::size_t kMostValues = 2'000;

Condition always(bool value) { return Condition{value ? "1 = 1" : "1 = 0", {}, true, !value}; }

const char* sign_of(Operator op) {
  switch (op) {
    case Operator::eq:
      return " = ?";
    case Operator::ne:
      return " <> ?";
    case Operator::gt:
      return " > ?";
    case Operator::ge:
      return " >= ?";
    case Operator::lt:
      return " < ?";
    case Operator::le:
      return " <= ?";
    default:
      return "";
  }
}

/// `expression` holds a key, '' for no value.
Condition on_key(const std::string& expression, Operator op, const std::string& key, const char* position_function) {
  const std::string present = expression + " <> ''";
  const bool is_part = op == Operator::co || op == Operator::sw || op == Operator::ew;
  if (op == Operator::pr || (is_part && key.empty())) return {present, {}, true, false};
  if (op == Operator::co) {
    return {std::string(position_function) + "(" + expression + ", ?) > 0", {key}, true, false};
  }
  if (op == Operator::ew) {
    return {"substr(" + expression + ", length(" + expression + ") - length(?) + 1) = ?", {key, key}, true, false};
  }
  if (op == Operator::sw) {
    const auto end = successor_of(key);
    if (!end) return {expression + " >= ?", {key}, true, true};
    return {"(" + expression + " >= ? AND " + expression + " < ?)", {key, *end}, true, true};
  }
  const std::string text = expression + sign_of(op);
  if (op == Operator::eq && !key.empty()) return {text, {key}, true, true};
  return {"(" + text + " AND " + present + ")", {key}, true, false};
}

/// Puts `inner`, a condition on the column of a row beside the resource, into a condition on the resource.
Condition in_rows(std::string head, std::vector<Bound> head_values, Condition inner, const char* end) {
  inner.text = std::move(head) + inner.text + end;
  inner.values.insert(inner.values.begin(), std::make_move_iterator(head_values.begin()),
                      std::make_move_iterator(head_values.end()));
  return inner;
}

/// The id of a role that the user holds: a row of effective_grants.
constexpr std::string_view kEffectiveRole =
    "urn:ietf:params:scim:schemas:extension:rolecall:2.0:User:effectiveRoles.value";

class Compiler {
 public:
  Compiler(const filter::Filter& filter, const FilterScope& scope) : filter_(filter), scope_(scope) {}

  std::optional<Condition> compile() {
    // Children stand before their parents.
    conditions_.resize(filter_.nodes.size());
    is_monotone_.resize(filter_.nodes.size());
    levels_.resize(filter_.nodes.size());
    chains_.resize(filter_.nodes.size());
    for (std::uint32_t i = 0; i <= filter_.root; ++i) {
      const Node& node = filter_.nodes[i];
      is_monotone_[i] =
          node.kind != Node::Kind::negation && std::all_of(node.children.begin(), node.children.end(),
                                                           [&](std::uint32_t child) { return is_monotone_[child]; });
      for (const std::uint32_t child : node.children) {
        levels_[i] = std::max(levels_[i], levels_[child] + 1);
        chains_[i] = std::max(chains_[i], chains_[child] + node.children.size());
      }
      if (levels_[i] > kDeepest || chains_[i] > kLongestChain) continue;
      conditions_[i] = condition_of(node);
      if (conditions_[i] && conditions_[i]->values.size() > kMostValues) conditions_[i].reset();
    }
    return std::move(conditions_[filter_.root]);
  }

 private:
  std::optional<Condition> condition_of(const Node& node) {
    switch (node.kind) {
      case Node::Kind::test:
        return condition_of_test(node.test);
      case Node::Kind::conjunction:
        return conjunction(node);
      case Node::Kind::disjunction:
        return disjunction(node);
      case Node::Kind::negation: {
        auto inner = std::move(conditions_[node.children.front()]);
        if (!inner || !inner->is_exact) return std::nullopt;
        inner->text = "NOT (" + inner->text + ")";
        inner->is_selective = false;
        return inner;
      }
      case Node::Kind::value_path:
        return value_path(node);
    }
    return std::nullopt;
  }

  /// One element satisfies all: then for each test some element does, which rows can tell. The reverse holds only where
  /// there is but one test to satisfy. A negation inside turns the implication round.
  std::optional<Condition> value_path(const Node& node) {
    const std::uint32_t child = node.children.front();
    if (!is_of(scope_.resource_type, node.test.path)) return always(false);
    if (!node.test.path.attribute->multi_valued || !is_monotone_[child]) return std::nullopt;
    auto inner = std::move(conditions_[child]);
    if (inner && filter_.nodes[child].kind != Node::Kind::test) inner->is_exact = false;
    return inner;
  }

  std::optional<Condition> conjunction(const Node& node) {
    std::optional<Condition> all;
    bool is_exact = true;
    for (const std::uint32_t child : node.children) {
      auto& part = conditions_[child];
      if (!part) {
        is_exact = false;
        continue;
      }
      if (!all) {
        all = std::move(part);
      } else {
        append(*all, " AND ", std::move(*part));
        all->is_selective = all->is_selective || part->is_selective;
      }
    }
    if (!all) return std::nullopt;
    all->text = "(" + all->text + ")";
    all->is_exact = all->is_exact && is_exact;
    return all;
  }

  std::optional<Condition> disjunction(const Node& node) {
    std::optional<Condition> any;
    for (const std::uint32_t child : node.children) {
      auto& part = conditions_[child];
      if (!part) return std::nullopt;
      if (!any) {
        any = std::move(part);
      } else {
        append(*any, " OR ", std::move(*part));
        any->is_selective = any->is_selective && part->is_selective;
      }
    }
    if (any) any->text = "(" + any->text + ")";
    return any;
  }

  static void append(Condition& whole, const char* word, Condition&& part) {
    whole.text += word;
    whole.text += part.text;
    whole.values.insert(whole.values.end(), part.values.begin(), part.values.end());
    whole.is_exact = whole.is_exact && part.is_exact;
  }

  std::optional<Condition> condition_of_test(const filter::Test& test) const {
    if (!is_of(scope_.resource_type, test.path)) return always(false);
    const std::string path = test.path.to_string();
    if (path == "meta.resourceType") return on_type(test);
    if (path == "meta.created") return on_instant("r.created", test);
    if (path == "meta.lastModified") return on_instant("r.last_modified", test);
    if (scope_.type == "User" && path == "active") return on_active(test);
    const auto key = key_of(test);
    if (!key) return always(false);
    if (path == "id") return on_key("r.id", test.op, *key, scope_.position_function);
    if (path == "externalId") return on_external_id(test.op, *key);
    if (has_column(scope_.type, path)) return on_unique_key(test.op, *key);
    if (scope_.type == "User" && (path == "groups.value" || path == "groups")) return on_groups(test.op, *key);
    if (scope_.type == "Group" && (path == "members.value" || path == "members")) {
      return on_members("m.group_id", "m.member", test.op, *key);
    }
    if (scope_.type == "User" && path == kEffectiveRole) {
      return in_rows(
          "r.id IN (SELECT e.user_id FROM effective_grants e JOIN roles h ON h.workspace = e.workspace "
          "AND h.id = e.role AND h.is_protected = 0 WHERE e.workspace = ? AND ",
          {std::string(scope_.workspace)}, on_key("e.role", test.op, *key, scope_.position_function), ")");
    }
    const auto& indexed = scope_.resource_type.indexed;
    if (std::find(indexed.begin(), indexed.end(), path) == indexed.end()) return std::nullopt;
    return in_rows("r.id IN (SELECT i.resource FROM resource_index i WHERE i.workspace = ? AND i.path = ? AND ",
                   {std::string(scope_.workspace), path}, on_key("i.key", test.op, *key, scope_.position_function),
                   ")");
  }

  /// All resources of a query have one type, so that the evaluator can say once for all.
  [[nodiscard]] Condition on_type(const filter::Test& test) const {
    filter::Filter alone;
    alone.nodes.emplace_back();
    alone.nodes.back().test = test;
    const json::Object resource{{"meta", json::Object{{"resourceType", scope_.type}}}};
    return always(filter::matches(alone, resource, scope_.folder));
  }

  /// '' for `pr`; none when the literal has no key, and hence equals nothing.
  [[nodiscard]] std::optional<std::string> key_of(const filter::Test& test) const {
    if (test.op == Operator::pr) return std::string();
    return schema::key_of(test.path.leaf(), test.value, scope_.folder);
  }

  [[nodiscard]] Condition on_external_id(Operator op, const std::string& key) const {
    Condition condition = on_key("r.external_id", op, key, scope_.position_function);
    // Said again so that the partial index may be used.
    if (condition.is_selective) condition.text = "(" + condition.text + " AND r.external_id <> '')";
    return condition;
  }

  [[nodiscard]] Condition on_unique_key(Operator op, const std::string& key) const {
    Condition condition = on_key("r.unique_key", op, key, scope_.position_function);
    if (op != Operator::eq || key.empty()) return condition;
    // The whole unique index, which holds one row for it.
    condition.text = "(" + condition.text + " AND r.unique_scope = ?)";
    condition.values.emplace_back(std::string(scope_.unique_scope));
    return condition;
  }

  /// Every stored User has `active`, see ResourceRecord::document.
  [[nodiscard]] static Condition on_active(const filter::Test& test) {
    if (test.op == Operator::pr) return always(true);
    const bool* wanted = test.value.as_bool();
    if (wanted == nullptr) return always(false);
    const bool is_active = *wanted == (test.op == Operator::eq);
    return {is_active ? "r.is_active = 1" : "r.is_active = 0", {}, true, false};
  }

  /// Clients see milliseconds, columns hold microseconds: what is compared is what was shown.
  [[nodiscard]] static Condition on_instant(const std::string& column, const filter::Test& test) {
    if (test.op == Operator::pr) return always(true);
    const auto* literal = test.value.as_string();
    const auto instant = literal != nullptr ? parse_timestamp(*literal) : std::nullopt;
    if (!instant) return always(false);
    return {"(" + column + " / 1000 * 1000" + sign_of(test.op) + ")",
            {static_cast<std::int64_t>(instant->time_since_epoch().count())},
            true,
            false};
  }

  /// Groups of a user are also those that hold one of its groups. Which ones they are takes the evaluator, except for
  /// one that is named.
  [[nodiscard]] Condition on_groups(Operator op, const std::string& key) const {
    const std::string workspace(scope_.workspace);
    if (op != Operator::eq) {
      return {"EXISTS (SELECT 1 FROM members m WHERE m.workspace = ? AND m.member = r.id)",
              {workspace},
              op == Operator::pr,
              false};
    }
    if (key.empty()) return always(false);
    // CROSS JOIN keeps SQLite from beginning with all members.
    return {
        "r.id IN (WITH RECURSIVE below (id) AS (SELECT g.id FROM resources g WHERE g.workspace = ? "
        "AND g.type = 'Group' AND g.id = ? UNION SELECT n.member FROM below "
        "CROSS JOIN members n WHERE n.workspace = ? AND n.group_id = below.id AND n.member_type = 'Group') "
        "SELECT m.member FROM below CROSS JOIN members m WHERE m.workspace = ? AND m.group_id = below.id)",
        {workspace, key, workspace, workspace},
        true,
        true};
  }

  [[nodiscard]] Condition on_members(const std::string& own, const std::string& other, Operator op,
                                     const std::string& key) const {
    Condition inner = on_key(other, op, key, scope_.position_function);
    if (inner.is_selective && op == Operator::eq) {
      return in_rows("r.id IN (SELECT " + own + " FROM members m WHERE m.workspace = ? AND ",
                     {std::string(scope_.workspace)}, std::move(inner), ")");
    }
    inner.is_selective = false;
    return in_rows("EXISTS (SELECT 1 FROM members m WHERE m.workspace = ? AND " + own + " = r.id AND ",
                   {std::string(scope_.workspace)}, std::move(inner), ")");
  }

  const filter::Filter& filter_;
  const FilterScope& scope_;
  std::vector<std::optional<Condition>> conditions_;
  std::vector<bool> is_monotone_;    ///< no negation in the subtree
  std::vector<std::size_t> levels_;  ///< of the subtree below
  std::vector<std::size_t> chains_;  ///< operators on the longest way down
};

}  // namespace

bool is_of(const schema::ResourceType& type, const schema::AttributePath& path) {
  if (path.extension != nullptr) {
    return std::any_of(type.extensions.begin(), type.extensions.end(),
                       [&](const auto& extension) { return extension.schema == path.extension; });
  }
  const auto holds = [&](const std::vector<schema::Attribute>& attributes) {
    return std::any_of(attributes.begin(), attributes.end(),
                       [&](const schema::Attribute& attribute) { return &attribute == path.attribute; });
  };
  return holds(type.schema->attributes) || holds(schema::common_attributes());
}

std::optional<Condition> compile(const filter::Filter& filter, const FilterScope& scope) {
  return Compiler(filter, scope).compile();
}

Param param_of(const Bound& bound) {
  if (const auto* text = std::get_if<std::string>(&bound)) return Param(*text);
  return Param(std::get<std::int64_t>(bound));
}

}  // namespace rolecall::adapter::soci
