#include "rolecall/connector/connector.hpp"

#include <algorithm>
#include <array>

#include "okta/okta.hpp"

namespace rolecall::connector {

const char* name_of(PersonStatus status) {
  switch (status) {
    case PersonStatus::staged:
      return "staged";
    case PersonStatus::provisioned:
      return "provisioned";
    case PersonStatus::active:
      return "active";
    case PersonStatus::suspended:
      return "suspended";
    case PersonStatus::deprovisioned:
      return "deprovisioned";
  }
  return "active";
}

const char* name_of(Repeat repeat) {
  if (repeat == Repeat::natural) return "natural";
  return repeat == Repeat::conditional ? "conditional" : "once";
}

std::span<const Connector* const> connectors() {
  static const okta::OktaConnector okta;
  static const std::array<const Connector*, 1> all{&okta};
  return all;
}

const Connector* find_connector(std::string_view provider) {
  const auto all = connectors();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Connector* one) { return one->provider() == provider; });
  return found == all.end() ? nullptr : *found;
}

const CredentialShape* find_shape(const Connector& connector, std::string_view name) {
  for (const CredentialShape& shape : connector.credential_shapes()) {
    if (shape.name == name) return &shape;
  }
  return nullptr;
}

const ActionType* find_action(const Connector& connector, std::string_view name) {
  const auto all = connector.actions();
  const auto found = std::find_if(all.begin(), all.end(), [&](const ActionType& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace rolecall::connector
