#include "following.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string_view>
#include <thread>

#include "rolecall/json/write.hpp"

namespace rolecall::app {
namespace {

const std::vector<Column> kRuns{{"ID", "id"},       {"KIND", "kind"},    {"STATE", "state"}, {"REQUESTED", "requested"},
                                {"ENDED", "ended"}, {"REASON", "reason"}};

std::string text_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? *value->as_string() : std::string();
}

/// As it is written; empty when there is none.
std::string number_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_number() ? value->as_number()->lexeme : std::string();
}

std::int64_t integer_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  const auto number = value != nullptr && value->is_number() ? json::to_integer(*value->as_number()) : std::nullopt;
  return number.value_or(0);
}

std::string_view heading(std::string_view phase) {
  if (phase == "people") return "People";
  if (phase == "missing") return "People who were not in the list";
  if (phase == "groups") return "Groups";
  if (phase == "members") return "Members of groups";
  if (phase == "applications") return "Applications";
  return "Assignments of applications";
}

std::string bar(std::int64_t done, std::int64_t of) {
  constexpr std::int64_t kWidth = 20;
  const auto full = static_cast<std::size_t>(std::clamp<std::int64_t>(done * kWidth / of, 0, kWidth));
  return "[" + std::string(full, '#') + std::string(kWidth - full, '-') + "]";
}

std::string time_left(std::int64_t seconds) {
  constexpr std::int64_t kMinute = 60;
  if (seconds < 2 * kMinute) return std::to_string(seconds) + " s left";
  return std::to_string(seconds / kMinute) + " min left";
}

/// Written over the line before, on a terminal alone.
void show_progress(const json::Object& run) {
  if (::isatty(STDERR_FILENO) == 0) return;
  std::cerr << "\r\x1b[K" << progress_line(run) << std::flush;
}

void end_progress() {
  if (::isatty(STDERR_FILENO) != 0) std::cerr << "\r\x1b[K" << std::flush;
}

}  // namespace

void print_sync_runs(const Shell& shell, const json::Value& body) { shell.print(body, kRuns, "id"); }

std::string progress_line(const json::Object& run) {
  const json::Value* found = run.find("progress");
  const json::Object* progress = found != nullptr ? found->as_object() : nullptr;
  if (progress == nullptr) return {};
  std::string line = std::string(heading(text_in(run, "phase"))) + ": " + number_in(*progress, "done");
  const std::int64_t of = integer_in(*progress, "of");
  if (of > 0) line += " of " + std::to_string(of) + " " + bar(integer_in(*progress, "done"), of);
  line += " " + number_in(*progress, "per_second") + "/s";
  if (!number_in(*progress, "seconds_left").empty()) line += ", " + time_left(integer_in(*progress, "seconds_left"));
  const std::string waits = text_in(run, "reason");
  return waits.empty() ? line : line + ". " + waits;
}

void follow_sync(Shell& shell, const std::string& run, std::int64_t seconds) {
  constexpr auto kPause = std::chrono::milliseconds(250);
  constexpr auto kLongPause = std::chrono::milliseconds(1000);
  const auto begin = std::chrono::steady_clock::now();
  const auto end = begin + std::chrono::seconds(seconds);
  for (;;) {
    json::Value latest;
    shell.call({"GET", {"sync-runs", run}, {}, {}}, [&](const json::Value& body) { latest = body; });
    if (shell.exit_code != kDone || !latest.is_object()) return end_progress();
    const std::string state = text_in(*latest.as_object(), "state");
    const auto now = std::chrono::steady_clock::now();
    const auto pause = now - begin < std::chrono::seconds(10) ? kPause : kLongPause;
    if (state != "running" || now + pause > end) {
      end_progress();
      print_sync_runs(shell, latest);
      if (state == "partial") shell.exit_code = kPartlyDone;
      if (state == "failed") shell.exit_code = kFailed;
      if (state == "running") {
        shell.fail(kFailed, "It has not ended yet. `rolecall sync-runs get " + run + " --wait 3600` goes on waiting.");
      }
      return;
    }
    show_progress(*latest.as_object());
    std::this_thread::sleep_for(pause);
  }
}

void send_and_follow_sync(Shell& shell, const AdminCall& call, std::int64_t seconds) {
  shell.call(call, [&](const json::Value& run) {
    if (shell.is_dry_run || seconds == 0 || !run.is_object()) return print_sync_runs(shell, run);
    follow_sync(shell, text_in(*run.as_object(), "id"), seconds);
  });
}

}  // namespace rolecall::app
