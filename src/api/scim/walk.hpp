#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/exchange.hpp"
#include "api/parameters.hpp"
#include "rolecall/base/result.hpp"
#include "rolecall/provisioning/provisioning.hpp"
#include "rolecall/store/query.hpp"

namespace rolecall::api::scim {

/// A query that is paged by cursors (RFC 9865).
class Walk {
 public:
  /// None when the request has no `cursor`. Otherwise `queries` become steps of a walk, from the beginning when it is
  /// empty. `endpoint` is "" for the root.
  [[nodiscard]] static Result<std::optional<Walk>> begin(const Exchange& exchange, const Parameters& parameters,
                                                         const std::string& endpoint,
                                                         std::vector<store::ResourceQuery>& queries);

  /// `,"previousCursor":"…","nextCursor":"…"` as far as there are such pages.
  void append_cursors(std::string& out, const provisioning::ViewPage& page) const;

 private:
  Walk(const Exchange& exchange, std::string context) : exchange_(exchange), context_(std::move(context)) {}

  [[nodiscard]] Result<void> go_on(std::string_view text, const Parameters& parameters,
                                   std::vector<store::ResourceQuery>& queries);
  [[nodiscard]] std::string sealed(store::Place from) const;

  const Exchange& exchange_;
  std::string context_;
  std::int64_t count_ = 0;
  std::optional<store::Place> from_;
};

}  // namespace rolecall::api::scim
