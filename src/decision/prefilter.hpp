#pragma once

#include <vector>

#include "facts.hpp"
#include "rolecall/store/query.hpp"

namespace rolecall::decision {

/// A data scope with one side of the question unknown, seen from the resources of the type that is looked for: what
/// satisfies it has one of `values`, though not always the other way round.
struct Prefilter {
  enum class Kind {
    nothing,     ///< nobody can satisfy the scope
    everything,  ///< no value tells who does
    values,
  };
  Kind kind = Kind::everything;
  std::vector<store::AttributeValue> values;
};

/// `unknown` is Term::Source::subject or ::resource. `facts` know the rest.
[[nodiscard]] Result<Prefilter> prefilter_of(const access::DataScope& scope, access::Term::Source unknown,
                                             const schema::ResourceType& type, Facts& facts, const TextFolder& folder);

}  // namespace rolecall::decision
