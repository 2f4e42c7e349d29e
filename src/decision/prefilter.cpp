#include "prefilter.hpp"

#include <algorithm>

#include "rolecall/schema/value_key.hpp"

namespace rolecall::decision {
namespace {

/// Each is a query of its own for every page; with more it is better to look at everybody.
constexpr std::size_t kMostValues = 20;

/// The attributes of the resources looked for that a term reads.
std::vector<schema::AttributePath> paths_of(const schema::ResourceType& type, const access::Term& term) {
  std::vector<std::string_view> names{term.name};
  // The id in a question may be a name.
  if (term.source == access::Term::Source::resource && term.name == "id") names.push_back(name_attribute_of(type));
  std::vector<schema::AttributePath> paths;
  for (const std::string_view name : names) {
    if (const auto path = path_of(type, name)) paths.push_back(*path);
  }
  return paths;
}

class Reader {
 public:
  Reader(access::Term::Source unknown, const schema::ResourceType& type, Facts& facts, const TextFolder& folder)
      : unknown_(unknown), type_(type), facts_(facts), folder_(folder) {}

  Result<Prefilter> read(const access::Condition& condition) {
    Prefilter result;
    result.kind = Prefilter::Kind::nothing;
    std::vector<Fact> literals;
    for (const json::Value& literal : condition.in) literals.push_back({literal, nullptr});
    for (const access::Term& left : condition.one_of) {
      ROLECALL_TRY(compare(left, literals, result));
      for (const access::Term& right : condition.equals) {
        if (is_unknown(left) && is_unknown(right)) {
          result.kind = Prefilter::Kind::everything;
        } else {
          ROLECALL_TRY_ASSIGN(const auto values, facts_.values_of(is_unknown(left) ? right : left));
          ROLECALL_TRY(compare(is_unknown(left) ? left : right, values, result));
        }
      }
    }
    if (result.kind == Prefilter::Kind::everything || result.values.size() > kMostValues) return Prefilter();
    if (!result.values.empty()) result.kind = Prefilter::Kind::values;
    return result;
  }

 private:
  [[nodiscard]] bool is_unknown(const access::Term& term) const { return term.source == unknown_; }

  /// Adds what `term` equal to one of `values` means: values to look for, or `everything` when it is known to be.
  Result<void> compare(const access::Term& term, const std::vector<Fact>& values, Prefilter& result) {
    if (is_unknown(term)) {
      for (const auto& path : paths_of(type_, term)) {
        for (const Fact& value : values) {
          // A value of another kind has no key, so that nothing equals it.
          if (schema::key_of(path.leaf(), value.value, folder_)) result.values.push_back({path, value.value});
        }
      }
      return {};
    }
    ROLECALL_TRY_ASSIGN(const auto own, facts_.values_of(term));
    for (const Fact& value : own) {
      const auto equals_value = [&](const Fact& other) { return are_equal(value, other, folder_); };
      if (std::any_of(values.begin(), values.end(), equals_value)) result.kind = Prefilter::Kind::everything;
    }
    return {};
  }

  access::Term::Source unknown_;
  const schema::ResourceType& type_;
  Facts& facts_;
  const TextFolder& folder_;
};

}  // namespace

/// All conditions have to hold, so that the values of any one of them will do.
Result<Prefilter> prefilter_of(const access::DataScope& scope, access::Term::Source unknown,
                               const schema::ResourceType& type, Facts& facts, const TextFolder& folder) {
  Reader reader(unknown, type, facts, folder);
  Prefilter narrowest;
  for (const access::Condition& condition : scope.all) {
    ROLECALL_TRY_ASSIGN(auto part, reader.read(condition));
    if (part.kind == Prefilter::Kind::nothing) return part;
    const bool is_first = narrowest.kind == Prefilter::Kind::everything;
    if (part.kind == Prefilter::Kind::values && (is_first || part.values.size() < narrowest.values.size())) {
      narrowest = std::move(part);
    }
  }
  return narrowest;
}

}  // namespace rolecall::decision
