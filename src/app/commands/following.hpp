#pragma once

#include <cstdint>
#include <string>

#include "app/shell.hpp"

namespace rolecall::app {

/// One run or a list of them.
void print_sync_runs(const Shell& shell, const json::Value& body);
/// How far a run is, in a line: "People: 1200 of 9800 [###-----------------] 210.0/s, 41 s left".
[[nodiscard]] std::string progress_line(const json::Object& run);
/// Looks at a sync run until it has ended or the time is over, and shows it: on a terminal how far it is, too. Exit
/// code 8 when it ended in part, 1 when it failed or has not ended.
void follow_sync(Shell& shell, const std::string& run, std::int64_t seconds);
/// Sends what begins a run, and follows it for so long; with 0 the run is shown as it begins.
void send_and_follow_sync(Shell& shell, const AdminCall& call, std::int64_t seconds);

}  // namespace rolecall::app
