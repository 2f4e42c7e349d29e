#pragma once

#include <map>
#include <string>

#include "rolecall/administration/timeline.hpp"
#include "rolecall/json/value.hpp"
#include "scope.hpp"

namespace rolecall::administration {

/// Says what entries of the audit and requests amount to for the user they are about.
class TimelineTeller {
 public:
  explicit TimelineTeller(store::Workspace& workspace) : workspace_(workspace) {}

  [[nodiscard]] Result<TimelineEntry> tell(const store::AuditRecord& row);
  [[nodiscard]] Result<TimelineEntry> tell(const store::LoggedRequest& request);

 private:
  [[nodiscard]] Result<std::string> actor_name(const std::string& actor);
  [[nodiscard]] Result<std::string> connection_of(const ConnectionId& id);
  [[nodiscard]] Result<std::string> directory_of(const std::string& target);
  [[nodiscard]] Result<std::string> directory_sentence(const std::string& action, const json::Object& details);
  [[nodiscard]] Result<std::string> named(store::NamedKind kind, const std::string& target, Instant at);
  [[nodiscard]] Result<std::string> grant_sentence(const store::AuditRecord& row, const json::Object& details);
  [[nodiscard]] Result<std::string> sentence_of(const store::AuditRecord& row, const std::string& actor);

  store::Workspace& workspace_;
  std::map<std::string, std::string> actors_;
};

}  // namespace rolecall::administration
