#include "lines.hpp"

#include "rolecall/base/json_string.hpp"

namespace rolecall::archive {
namespace {

void append_cell(std::string& out, const store::Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    append_json_string(out, *text);
  } else if (const auto* number = std::get_if<std::int64_t>(&cell)) {
    out += std::to_string(*number);
  } else {
    out += "null";
  }
}

}  // namespace

void append_first(std::string& out, int schema) {
  out += R"({"rolecall":"archive","format":)" + std::to_string(kFormat) + ",\"schema\":" + std::to_string(schema) + "}";
}

void append_table(std::string& out, const store::ArchiveTable& table) {
  out += "{\"table\":";
  append_json_string(out, table.name);
  out += ",\"columns\":[";
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i != 0) out += ',';
    append_json_string(out, table.columns[i].name);
  }
  out += "]}";
}

void append_row(std::string& out, const store::Cells& cells) {
  out += '[';
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i != 0) out += ',';
    append_cell(out, cells[i]);
  }
  out += ']';
}

void append_last(std::string& out, const Summary& summary) {
  out += "{\"rows\":{";
  bool is_first = true;
  for (const auto& [table, rows] : summary.counts) {
    if (!is_first) out += ',';
    is_first = false;
    append_json_string(out, table);
    out += ':' + std::to_string(rows);
  }
  out += "},\"trails\":[";
  is_first = true;
  for (const TrailHead& trail : summary.trails) {
    if (!is_first) out += ',';
    is_first = false;
    out += "{\"workspace\":";
    append_json_string(out, trail.workspace);
    out += ",\"rows\":" + std::to_string(trail.rows) + ",\"hash\":";
    append_json_string(out, trail.hash);
    out += '}';
  }
  out += "],\"sha256\":";
  append_json_string(out, summary.sha256);
  out += '}';
}

}  // namespace rolecall::archive
