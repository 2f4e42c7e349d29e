#pragma once

#include <optional>

#include "rolecall/administration/environment.hpp"
#include "rolecall/store/joined.hpp"

namespace rolecall::test {

/// What `use_case(Environment)` gives in a unit of work that is taken back afterwards, as the admin API does it for a
/// dry run.
template <typename F>
auto rehearsed(const administration::Environment& environment, const F& use_case) {
  std::optional<decltype(use_case(environment))> result;
  const auto taken_back = environment.store.write([&](store::UnitOfWork& unit) -> Result<void> {
    store::JoinedStore joined(environment.store, unit);
    result = use_case(environment.over(joined));
    return internal_error("a rehearsal ended");
  });
  static_cast<void>(taken_back);
  return std::move(*result);
}

}  // namespace rolecall::test
