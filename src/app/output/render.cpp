#include "rolecall/app/render.hpp"

#include <algorithm>

#include "rolecall/app/csv_text.hpp"
#include "rolecall/app/yaml_text.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::app {
namespace {

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char letter) { return (static_cast<unsigned char>(letter) & 0xC0) != 0x80; }));
}

using Row = std::vector<std::string>;

std::string to_table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const Row& row : rows) {
    for (std::size_t at = 0; at < row.size(); ++at) widths[at] = std::max(widths[at], width_of(row[at]));
  }
  std::string out;
  for (const Row& row : rows) {
    for (std::size_t at = 0; at < row.size(); ++at) {
      out += row[at];
      if (at + 1 < row.size()) out.append(widths[at] - width_of(row[at]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

std::string to_table(const std::vector<const json::Object*>& objects, const std::vector<Column>& columns) {
  std::vector<Row> rows(1);
  for (const Column& column : columns) rows.front().emplace_back(column.heading);
  for (const json::Object* object : objects) {
    Row row;
    for (const Column& column : columns) row.push_back(cell_of(object->find(column.member)));
    rows.push_back(std::move(row));
  }
  return to_table(rows);
}

std::vector<const json::Object*> objects_of(const json::Value& body, const json::Value* items) {
  std::vector<const json::Object*> objects;
  if (items == nullptr || !items->is_array()) return {body.as_object()};
  for (const json::Value& item : *items->as_array()) {
    if (item.is_object()) objects.push_back(item.as_object());
  }
  return objects;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; },
      '?');
  return out;
}

std::string cell_of(const json::Value* value) {
  if (value == nullptr || value->is_null()) return "-";
  std::string text;
  if (const auto* plain = value->as_string()) {
    text = *plain;
  } else if (const auto* items = value->as_array()) {
    for (const json::Value& item : *items) {
      if (!text.empty()) text += ", ";
      text += item.is_string() ? *item.as_string() : json::write(item);
    }
  } else {
    text = json::write(*value);
  }
  return text.empty() ? "-" : printable(text);
}

std::string render(const json::Value& body, std::string_view format, const std::vector<Column>& columns,
                   std::string_view name) {
  const json::Value* items = body.is_object() ? body.as_object()->find("items") : nullptr;
  const json::Value& whole = items != nullptr ? *items : body;
  if (format == "json") return json::write_pretty(whole) + '\n';
  if (format == "yaml") return to_yaml(whole);
  if (!body.is_object()) return {};
  const auto objects = objects_of(body, items);
  if (format == "csv") return to_csv(objects);
  if (format == "table") return to_table(objects, columns);
  std::string names;
  for (const json::Object* object : objects) names += cell_of(object->find(name)) + '\n';
  return names;
}

}  // namespace rolecall::app
