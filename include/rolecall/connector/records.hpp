#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rolecall/base/clock.hpp"
#include "rolecall/json/value.hpp"

// What a directory holds, in the same words for every provider.

namespace rolecall::connector {

enum class PersonStatus { staged, provisioned, active, suspended, deprovisioned };
[[nodiscard]] const char* name_of(PersonStatus status);

/// Somebody in the directory. Never a login here.
struct Person {
  std::string id;  ///< the provider's
  std::string login;
  std::string email;  ///< of work; empty when there is none
  std::string display_name;
  std::string employee_number;
  std::string title;
  std::string department;
  std::string manager;
  std::string manager_id;
  std::string city;
  std::string country;
  PersonStatus status = PersonStatus::active;
  std::string raw_status;   ///< the provider's word
  std::string next_status;  ///< the provider's word for what it is becoming; empty when nothing is under way
  std::string type;         ///< the provider's kind of user
  std::optional<Instant> changed;
  json::Object custom;  ///< every other attribute of the profile that has a value

  bool operator==(const Person&) const = default;
};

struct DirectoryGroup {
  std::string id;
  std::string name;
  std::string description;
  std::string kind;             ///< the provider's word
  bool accepts_members = true;  ///< whether members can be added and removed by its API
  std::optional<Instant> changed;
  std::optional<Instant> members_changed;

  bool operator==(const DirectoryGroup&) const = default;
};

struct Application {
  std::string id;
  std::string name;
  std::string kind;    ///< how people sign on, in the provider's word
  std::string status;  ///< the provider's word
  std::optional<Instant> changed;

  bool operator==(const Application&) const = default;
};

/// Somebody has an application.
struct Assignment {
  std::string person;
  bool is_direct = true;  ///< false: by a group

  bool operator==(const Assignment&) const = default;
};

/// An application that somebody has.
struct HeldApplication {
  std::string id;
  bool is_direct = true;  ///< false: by a group

  bool operator==(const HeldApplication&) const = default;
};

/// Something that happened, as the provider tells it by itself. It says whom to look at, and nothing of how they are
/// now: events come late, twice and in any order.
struct DirectoryEvent {
  std::string id;    ///< the provider's, the same however often it is told
  std::string type;  ///< the provider's word
  std::optional<Instant> published;
  std::vector<std::string> people;  ///< ids of whom it is about, each once
  bool is_of_sets = false;          ///< they joined a group or left one, were given an application or lost it

  bool operator==(const DirectoryEvent&) const = default;
};

/// Where the provider sends events, as it knows it.
struct VendorHook {
  std::string id;
  std::string url;
  bool is_active = true;
  bool is_verified = false;

  bool operator==(const VendorHook&) const = default;
};

/// One page of a list. `next` is the target that goes on, empty at the end.
template <typename T>
struct Page {
  std::vector<T> items;
  std::string next = {};
};

}  // namespace rolecall::connector
