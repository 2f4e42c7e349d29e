#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "rolecall/base/error.hpp"

namespace rolecall {

/// Everything that can fail at run time returns one. Exceptions do not cross a module's face.
template <typename T>
using Result = tl::expected<T, Error>;

/// `return fail(ErrorCode::not_found, "No such user.");`
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string detail, std::string attribute = {}) {
  return tl::unexpected<Error>(Error{code, std::move(detail), std::move(attribute), {}, {}});
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

/// The same, with the next step apart: the admin API shows it as a member of its own, the command line as one text.
[[nodiscard]] inline tl::unexpected<Error> fail_with_next(ErrorCode code, std::string detail, std::string next,
                                                          std::string attribute = {}) {
  return tl::unexpected<Error>(Error{code, std::move(detail), std::move(attribute), {}, {}, std::move(next)});
}

/// A fault of ours: the caller reads a neutral sentence, the log reads `note`.
[[nodiscard]] inline tl::unexpected<Error> internal_error(std::string note) {
  return tl::unexpected<Error>(
      Error{ErrorCode::internal, "The server could not complete the request.", {}, std::move(note), {}});
}

}  // namespace rolecall

/// Returns the error of `expression` from the enclosing function, or goes on.
#define ROLECALL_TRY(expression)                                                      \
  do {                                                                                \
    if (auto rolecall_try_result = (expression); !rolecall_try_result)                \
      return tl::unexpected<rolecall::Error>(std::move(rolecall_try_result).error()); \
  } while (false)

#define ROLECALL_CONCAT_INNER(a, b) a##b
#define ROLECALL_CONCAT(a, b) ROLECALL_CONCAT_INNER(a, b)
/// `ROLECALL_TRY_ASSIGN(auto user, find_user(id));` declares `user` or returns the error.
#define ROLECALL_TRY_ASSIGN(declaration, expression)                                                        \
  auto ROLECALL_CONCAT(rolecall_result_, __LINE__) = (expression);                                          \
  if (!ROLECALL_CONCAT(rolecall_result_, __LINE__))                                                         \
    return tl::unexpected<rolecall::Error>(std::move(ROLECALL_CONCAT(rolecall_result_, __LINE__)).error()); \
  declaration = std::move(*ROLECALL_CONCAT(rolecall_result_, __LINE__))
