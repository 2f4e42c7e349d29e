#include "filter_sql.hpp"

#include <algorithm>
#include <cstdint>

#include "record_columns.hpp"
#include "rolecall/base/timestamp.hpp"
#include "rolecall/filter/evaluate.hpp"
#include "rolecall/resource/signature.hpp"
#include "rolecall/schema/value_key.hpp"

namespace rolecall::adapter::soci {
namespace {

using filter::Node;
using filter::Operator;

/// SQLite's parser holds 100 open constructs, of which one of our levels takes three and a subquery a dozen; its
/// expression trees are 1,000 operators deep at most, and each AND or OR in a row is one. What is larger than these
/// bounds, and what binds more values than is worth a statement, is left to the evaluator.
constexpr std::size_t kDeepest = 16;
constexpr std::size_t kLongestChain = 500;
constexpr std::size_t kMostValues = 2'000;

/// The id of a role that the user holds: a row of effective_grants.
constexpr std::string_view kEffectiveRole =
    "urn:ietf:params:scim:schemas:extension:rolecall:2.0:User:effectiveRoles.value";

Compiled exact(Condition condition) { return {std::move(condition), std::nullopt, std::nullopt, true}; }
/// Also true for some that do not match.
Compiled at_most(Condition condition) { return {std::move(condition), std::nullopt, std::nullopt, false}; }

const Condition* surely_of(const Compiled& compiled) {
  const auto& surely = compiled.is_exact ? compiled.maybe : compiled.surely;
  return surely ? &*surely : nullptr;
}

Condition in_brackets(Condition condition) {
  condition.text = "(" + condition.text + ")";
  return condition;
}

class Compiler {
 public:
  Compiler(const filter::Filter& filter, const FilterScope& scope) : filter_(filter), scope_(scope) {}

  Compiled compile() {
    // Children stand before their parents.
    compiled_.resize(filter_.nodes.size());
    levels_.resize(filter_.nodes.size());
    chains_.resize(filter_.nodes.size());
    for (std::uint32_t i = 0; i <= filter_.root; ++i) {
      const Node& node = filter_.nodes[i];
      for (const std::uint32_t child : node.children) {
        levels_[i] = std::max(levels_[i], levels_[child] + 1);
        chains_[i] = std::max(chains_[i], chains_[child] + node.children.size());
      }
      if (levels_[i] > kDeepest || chains_[i] > kLongestChain) continue;
      compiled_[i] = compiled_of(node);
      const auto values = [](const std::optional<Condition>& part) { return part ? part->values.size() : 0; };
      if (values(compiled_[i].maybe) + values(compiled_[i].surely) > kMostValues) compiled_[i] = {};
    }
    return std::move(compiled_[filter_.root]);
  }

 private:
  Compiled compiled_of(const Node& node) const {
    switch (node.kind) {
      case Node::Kind::test:
        return compiled_of_test(node.test);
      case Node::Kind::conjunction:
        return conjunction(node);
      case Node::Kind::disjunction:
        return disjunction(node);
      case Node::Kind::negation:
        return negation(node);
      case Node::Kind::value_path:
        return value_path(node);
    }
    return {};
  }

  /// What is not surely so is maybe not so, and the other way round.
  Compiled negation(const Node& node) const {
    const Compiled& inner = compiled_[node.children.front()];
    Compiled outer;
    outer.is_exact = inner.is_exact;
    if (const Condition* surely = surely_of(inner)) outer.maybe = negation_of(*surely);
    if (!inner.is_exact && inner.maybe) outer.surely = negation_of(*inner.maybe);
    outer.then_surely = outer.surely;
    return outer;
  }

  Compiled conjunction(const Node& node) const {
    Compiled all;
    all.is_exact = true;
    bool is_sure = true;
    for (const std::uint32_t child : node.children) {
      const Compiled& part = compiled_[child];
      all.is_exact = all.is_exact && part.is_exact;
      is_sure = is_sure && surely_of(part) != nullptr;
      if (part.maybe) add(all.maybe, " AND ", *part.maybe);
    }
    if (!all.is_exact && is_sure) {
      for (const std::uint32_t child : node.children) {
        const Compiled& part = compiled_[child];
        add(all.surely, " AND ", *surely_of(part));
        if (!part.is_exact) add(all.then_surely, " AND ", *part.then_surely);
      }
    }
    return closed(std::move(all));
  }

  Compiled disjunction(const Node& node) const {
    Compiled any;
    any.is_exact = true;
    bool is_bounded = true;
    for (const std::uint32_t child : node.children) {
      const Compiled& part = compiled_[child];
      any.is_exact = any.is_exact && part.is_exact;
      is_bounded = is_bounded && part.maybe.has_value();
    }
    for (const std::uint32_t child : node.children) {
      const Compiled& part = compiled_[child];
      if (is_bounded) add(any.maybe, " OR ", *part.maybe);
      const Condition* surely = surely_of(part);
      if (!any.is_exact && surely != nullptr) add(any.surely, " OR ", *surely);
    }
    any.then_surely = any.surely;
    return closed(std::move(any));
  }

  /// An index finds what satisfies all of several when it finds it for one of them, and for any of several when it does
  /// for all.
  static void add(std::optional<Condition>& whole, std::string_view word, const Condition& part) {
    if (!whole) {
      whole = part;
      return;
    }
    const bool is_all = word == " AND ";
    append(*whole, word.data(), part);
    whole->is_costly = whole->is_costly || part.is_costly;
    whole->is_selective = is_all ? whole->is_selective || part.is_selective : whole->is_selective && part.is_selective;
  }

  static Compiled closed(Compiled compiled) {
    if (compiled.maybe) compiled.maybe = in_brackets(std::move(*compiled.maybe));
    if (compiled.surely) compiled.surely = in_brackets(std::move(*compiled.surely));
    if (compiled.then_surely) compiled.then_surely = in_brackets(std::move(*compiled.then_surely));
    return compiled;
  }

  /// One element satisfies all: then for each test some element does, which rows can tell. The reverse holds only where
  /// there is but one test to satisfy, or any of some, or where the rows say that they are of one element. A negation
  /// inside turns the implication round.
  Compiled value_path(const Node& node) const {
    const std::uint32_t child = node.children.front();
    if (!is_of(scope_.resource_type, node.test.path)) return exact(always(false));
    if (!node.test.path.attribute->multi_valued) return {};
    const Node& inner = filter_.nodes[child];
    const auto is_test = [&](std::uint32_t part) { return filter_.nodes[part].kind == Node::Kind::test; };
    const bool is_flat = std::all_of(inner.children.begin(), inner.children.end(), is_test);
    if (inner.kind == Node::Kind::test || (inner.kind == Node::Kind::disjunction && is_flat)) return compiled_[child];
    if (inner.kind == Node::Kind::conjunction && is_flat) {
      if (auto element = in_one_element(inner)) return exact(std::move(*element));
    }
    if (!is_monotone(child)) return {};
    const Compiled& loose = compiled_[child];
    return loose.maybe ? at_most(*loose.maybe) : Compiled{};
  }

  [[nodiscard]] bool is_monotone(std::uint32_t root) const {
    std::vector<std::uint32_t> open{root};
    while (!open.empty()) {
      const Node& node = filter_.nodes[open.back()];
      open.pop_back();
      if (node.kind == Node::Kind::negation) return false;
      open.insert(open.end(), node.children.begin(), node.children.end());
    }
    return true;
  }

  /// Tests of one element, all of whose attributes have rows. The rows of one lead to those of the others: better those
  /// of an address than those of "work", which everybody has.
  [[nodiscard]] std::optional<Condition> in_one_element(const Node& conjunction) const {
    std::vector<const filter::Test*> tests;
    for (const std::uint32_t child : conjunction.children) tests.push_back(&filter_.nodes[child].test);
    const auto leads = [](const filter::Test* test) {
      return std::pair(test->path.leaf().canonical_values.empty(), test->op == Operator::eq);
    };
    std::stable_sort(tests.begin(), tests.end(), [&](const auto* a, const auto* b) { return leads(a) > leads(b); });
    std::optional<Condition> all;
    for (const filter::Test* test : tests) {
      const std::string path = test->path.to_string();
      const auto key = key_of(*test);
      if (!is_indexed(path)) return std::nullopt;
      if (!key) return always(false);
      if (!all) {
        all = on_index_rows(path, test->op, *key);
        all->text.pop_back();
        continue;
      }
      append(*all, " AND EXISTS (SELECT 1 FROM resource_index e WHERE e.workspace = i.workspace AND e.path = ? AND ",
             in_rows("", {path}, on_key("e.key", test->op, *key, scope_.position_function),
                     " AND e.resource = i.resource AND e.element = i.element)"));
    }
    if (all) all->text += ")";
    return all;
  }

  [[nodiscard]] Compiled compiled_of_test(const filter::Test& test) const {
    if (!is_of(scope_.resource_type, test.path)) return exact(always(false));
    const std::string path = test.path.to_string();
    if (path == "meta.resourceType") return exact(on_type(test));
    if (path == "meta.created") return exact(on_instant("r.created", test));
    if (path == "meta.lastModified") return exact(on_instant("r.last_modified", test));
    if (scope_.type == "User" && path == "active") return exact(on_active(test));
    const auto key = key_of(test);
    if (!key) return exact(always(false));
    if (path == "id") return exact(on_key("r.id", test.op, *key, scope_.position_function));
    if (path == "externalId") return exact(on_external_id(test.op, *key));
    if (has_column(scope_.type, path)) return exact(on_unique_key(test.op, *key));
    if (scope_.type == "User" && (path == "groups.value" || path == "groups")) return on_groups(test.op, *key);
    if (scope_.type == "Group" && (path == "members.value" || path == "members")) {
      return exact(on_members("m.group_id", "m.member", test.op, *key));
    }
    if (scope_.type == "User" && path == kEffectiveRole) {
      return exact(
          in_rows("r.id IN (SELECT e.user_id FROM effective_grants e JOIN roles h ON h.workspace = e.workspace "
                  "AND h.id = e.role AND h.is_protected = 0 WHERE e.workspace = ? AND ",
                  {std::string(scope_.workspace)}, on_key("e.role", test.op, *key, scope_.position_function), ")"));
    }
    if (is_indexed(path)) return exact(on_index_rows(path, test.op, *key));
    const bool is_equality = test.op == Operator::eq && !key->empty();
    return is_equality && resource::is_signed(scope_.resource_type, test.path) ? at_most(on_signature(path, *key))
                                                                               : Compiled{};
  }

  [[nodiscard]] bool is_indexed(const std::string& path) const {
    const auto& indexed = scope_.resource_type.indexed;
    return !has_column(scope_.type, path) && std::find(indexed.begin(), indexed.end(), path) != indexed.end();
  }

  [[nodiscard]] Condition on_index_rows(const std::string& path, Operator op, const std::string& key) const {
    Condition condition =
        in_rows("r.id IN (SELECT i.resource FROM resource_index i WHERE i.workspace = ? AND i.path = ? AND ",
                {std::string(scope_.workspace), path}, on_key("i.key", op, key, scope_.position_function), ")");
    condition.is_costly = !condition.is_selective;
    return condition;
  }

  /// All words are compared, also those without a bit: the text must not depend on what is looked for.
  [[nodiscard]] static Condition on_signature(const std::string& path, const std::string& key) {
    Condition condition;
    const resource::Signature wanted = resource::signature_of_value(path, key);
    for (std::size_t i = 0; i < wanted.words.size(); ++i) {
      const std::string column = "r.signature_" + std::to_string(i);
      condition.text += (i == 0 ? "((" : " AND (") + column + " & ?) = ?";
      condition.values.insert(condition.values.end(), {wanted.words.at(i), wanted.words.at(i)});
    }
    condition.text += ")";
    return condition;
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
    return {is_active ? "r.is_active = 1" : "r.is_active = 0", {}};
  }

  /// Clients see milliseconds, columns hold microseconds: what is compared is what was shown.
  [[nodiscard]] static Condition on_instant(const std::string& column, const filter::Test& test) {
    if (test.op == Operator::pr) return always(true);
    const auto* literal = test.value.as_string();
    const auto instant = literal != nullptr ? parse_timestamp(*literal) : std::nullopt;
    if (!instant) return always(false);
    return {"(" + column + " / 1000 * 1000" + sign_of(test.op) + ")",
            {static_cast<std::int64_t>(instant->time_since_epoch().count())}};
  }

  /// Groups of a user are also those that hold one of its groups. Which ones they are takes the evaluator, except for
  /// one that is named.
  [[nodiscard]] Compiled on_groups(Operator op, const std::string& key) const {
    const std::string workspace(scope_.workspace);
    if (op != Operator::eq) {
      Condition any{"EXISTS (SELECT 1 FROM members m WHERE m.workspace = ? AND m.member = r.id)", {workspace}};
      return op == Operator::pr ? exact(std::move(any)) : at_most(std::move(any));
    }
    if (key.empty()) return exact(always(false));
    // CROSS JOIN keeps SQLite from beginning with all members.
    return exact(
        {"r.id IN (WITH RECURSIVE below (id) AS (SELECT g.id FROM resources g WHERE g.workspace = ? "
         "AND g.type = 'Group' AND g.id = ? UNION SELECT n.member FROM below "
         "CROSS JOIN members n WHERE n.workspace = ? AND n.group_id = below.id AND n.member_type = 'Group') "
         "SELECT m.member FROM below CROSS JOIN members m WHERE m.workspace = ? AND m.group_id = below.id)",
         {workspace, key, workspace, workspace},
         true});
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
  std::vector<Compiled> compiled_;
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

Compiled compile(const filter::Filter& filter, const FilterScope& scope) { return Compiler(filter, scope).compile(); }

}  // namespace rolecall::adapter::soci
