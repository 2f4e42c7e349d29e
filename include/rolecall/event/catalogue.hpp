#pragma once

#include <span>
#include <string>
#include <string_view>

// What the outside world can be told of: a closed list of types, and which entries of the audit they come from. An
// event is never made in another way, so no path that is audited can forget it. Pure.

namespace rolecall::event {

struct Type {
  std::string_view name;      ///< "user.deactivated"; fixed: receivers depend on it
  std::string_view sentence;  ///< for people
};
/// In the order of the manual.
[[nodiscard]] std::span<const Type> types();
[[nodiscard]] bool is_type(std::string_view name);

/// Sent to one webhook when its administrator asks for it, whatever it has subscribed to.
inline constexpr std::string_view kTestType = "webhook.test";

/// The type that an action of the audit is told as; empty when nobody is told.
[[nodiscard]] std::string_view type_of(std::string_view action);

/// Does a webhook with this subscription want the type? One entry is a type or, as "user.*", all that begin so; none
/// at all is everything.
[[nodiscard]] bool wants(std::span<const std::string> subscription, std::string_view type);
/// Is that an entry which some type fits?
[[nodiscard]] bool is_subscribable(std::string_view entry);

}  // namespace rolecall::event
