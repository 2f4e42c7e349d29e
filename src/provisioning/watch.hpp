#pragma once

#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "effect.hpp"
#include "rolecall/access/effective.hpp"
#include "rolecall/json/value.hpp"

namespace rolecall::provisioning {

/// What one change took from whom, found out from the audit rows it writes: whatever ends a grant, or an account, has
/// one, so no path that takes something can be forgotten here.
class Watch {
 public:
  struct Person {
    bool is_deactivated = false;
    bool is_deleted = false;
    bool has_lost = false;                    ///< a grant
    std::map<access::Grant, int> difference;  ///< won less lost
  };

  explicit Watch(Effect& effect) : effect_(effect) {}
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void see(std::string_view action, std::string_view target, const json::Object& details);
  [[nodiscard]] const std::map<ResourceId, Person>& people() const { return people_; }
  /// Nobody lost anything.
  [[nodiscard]] bool is_harmless() const { return is_harmless_; }

 private:
  void see_member(const json::Object& details, bool is_added);

  Effect& effect_;  ///< gets the members that come and go
  std::map<ResourceId, Person> people_;
  bool is_harmless_ = true;
};

}  // namespace rolecall::provisioning
