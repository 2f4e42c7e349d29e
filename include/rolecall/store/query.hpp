#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/filter/tree.hpp"
#include "rolecall/schema/registry.hpp"
#include "rolecall/store/records.hpp"

namespace rolecall::store {

/// A list request within one connection's reach.
struct ResourceQuery {
  const schema::ResourceType* type = nullptr;
  std::optional<filter::Filter> filter;
  std::optional<schema::AttributePath> sort_by;  ///< none: by id, which is creation order and stable
  bool descending = false;
  std::int64_t start_index = 1;  ///< ≥ 1
  std::int64_t count = 100;      ///< ≥ 0; 0 asks for the total only
  std::string base;              ///< what a location starts with, for filters that name one
};

struct ResourcePage {
  std::int64_t total = 0;
  std::vector<ResourceRecord> resources;
};

}  // namespace rolecall::store
