#pragma once

#include <string>
#include <string_view>

#include "rolecall/base/digest.hpp"
#include "rolecall/http/message.hpp"

namespace rolecall::api {

/// The description of the admin API, for programs and for people. Made once: it does not change while the program runs.
class Docs {
 public:
  /// `openapi` lives as long as this.
  Docs(std::string_view openapi, const Digest& digest);

  /// `/openapi.json`.
  [[nodiscard]] http::Response file() const;
  /// `/docs`.
  [[nodiscard]] http::Response page() const;

 private:
  std::string_view openapi_;
  std::string page_;
  std::string policy_;
};

}  // namespace rolecall::api
