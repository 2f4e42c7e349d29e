#include "scope_reader.hpp"

#include <array>
#include <optional>
#include <utility>

#include "catalogue_file.hpp"

namespace rolecall::access {
namespace {

/// Whatever of them is compared with whatever: a bound on the work of one decision.
constexpr std::size_t kMostTerms = 32;
constexpr std::size_t kMostConditions = 8;

std::optional<Term> term_of(std::string_view text) {
  using Prefix = std::pair<std::string_view, Term::Source>;
  constexpr std::array<Prefix, 4> kSources{{{"subject.", Term::Source::subject},
                                            {"resource.", Term::Source::resource},
                                            {"action.", Term::Source::action},
                                            {"context.", Term::Source::context}}};
  for (const auto& [prefix, source] : kSources) {
    if (text.starts_with(prefix) && text.size() > prefix.size()) {
      return Term{source, std::string(text.substr(prefix.size()))};
    }
  }
  return std::nullopt;
}

Result<std::vector<Term>> terms_of(std::string_view file, const json::Object& condition, std::string_view member,
                                   bool is_needed) {
  ROLECALL_TRY_ASSIGN(const auto items, array_of(file, condition, member, is_needed));
  std::vector<Term> terms;
  for (const json::Value& item : items) {
    const auto term = item.is_string() ? term_of(*item.as_string()) : std::nullopt;
    if (!term) {
      return wrong(file, std::string(member) +
                             " must hold texts such as resource.ownerID, subject.userName, action.soft or "
                             "context.network.");
    }
    terms.push_back(*term);
  }
  return terms;
}

Result<Condition> read_condition(std::string_view file, const json::Value& value) {
  const json::Object* object = value.as_object();
  if (object == nullptr) return wrong(file, "a condition of a scope must be an object.");
  ROLECALL_TRY(only_members(file, *object, {"one_of", "equals", "in"}));
  Condition condition;
  ROLECALL_TRY_ASSIGN(condition.one_of, terms_of(file, *object, "one_of", true));
  ROLECALL_TRY_ASSIGN(condition.equals, terms_of(file, *object, "equals", false));
  ROLECALL_TRY_ASSIGN(condition.in, array_of(file, *object, "in", false));
  const std::size_t others = condition.equals.size() + condition.in.size();
  if (condition.one_of.empty() || others == 0 || condition.one_of.size() > kMostTerms || others > kMostTerms) {
    return wrong(file, "a condition of a scope needs one_of, and equals or in, with 1 to 32 entries each.");
  }
  for (const Term& term : condition.equals) {
    if (term.source != Term::Source::subject) {
      return wrong(file, "equals compares with the subject; " + term.name + " belongs into one_of.");
    }
  }
  for (const json::Value& literal : condition.in) {
    if (literal.is_null() || literal.is_array() || literal.is_object()) {
      return wrong(file, "in must hold texts, numbers, true or false.");
    }
  }
  return condition;
}

}  // namespace

Result<DataScope> read_scope(std::string_view file, const json::Value& value) {
  const json::Object* object = value.as_object();
  if (object == nullptr) return wrong(file, "a scope must be an object.");
  ROLECALL_TRY(only_members(file, *object, {"name", "description", "all"}));
  DataScope scope;
  ROLECALL_TRY_ASSIGN(scope.name, name_in(file, *object, "name"));
  ROLECALL_TRY_ASSIGN(scope.description, text_of(file, *object, "description"));
  ROLECALL_TRY_ASSIGN(const auto conditions, array_of(file, *object, "all", true));
  if (conditions.empty() || conditions.size() > kMostConditions) {
    return wrong(file, "the scope " + scope.name +
                           " needs 1 to 8 conditions in all; what has no condition needs no "
                           "scope.");
  }
  for (const json::Value& condition : conditions) {
    ROLECALL_TRY_ASSIGN(auto read, read_condition(file, condition));
    scope.all.push_back(std::move(read));
  }
  return scope;
}

}  // namespace rolecall::access
