#include "archive_table.hpp"

namespace rolecall::adapter::soci {
namespace {

constexpr std::int64_t kPage = 500;

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

template <typename Items, typename F>
std::string joined(const Items& items, F&& text_of) {
  std::string all;
  for (const auto& item : items) all += (all.empty() ? "" : ", ") + text_of(item);
  return all;
}

Param param_of(const store::Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return {*text};
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return {*number};
  return {std::optional<Instant>()};
}

}  // namespace

ArchiveTable::ArchiveTable(const store::ArchiveTable& table) : table_(table) {
  const auto name_of = [](const store::ArchiveColumn& column) { return quoted(column.name); };
  const auto key_of = [&](std::size_t place) { return quoted(table.columns[place].name); };
  const auto mark_of = [](const auto&) { return std::string("?"); };
  const std::string keys = joined(table.key, key_of);
  const std::string columns = joined(table.columns, name_of);
  const std::string select = "SELECT " + columns + " FROM " + quoted(table.name);
  const std::string end = " ORDER BY " + keys + " LIMIT ?";
  for (const store::ArchiveColumn& column : table.columns) {
    kinds_ += column.kind == store::ArchiveColumn::Kind::text ? 't' : 'n';
  }
  first_text_ = select + end;
  next_text_ = select + " WHERE (" + keys + ") > (" + joined(table.key, mark_of) + ")" + end;
  any_text_ = "SELECT 1 FROM " + quoted(table.name) + " LIMIT 1";
  insert_text_ =
      "INSERT INTO " + quoted(table.name) + " (" + columns + ") VALUES (" + joined(table.columns, mark_of) + ")";
  first_ = {"archive.first", first_text_.c_str(), kinds_.c_str()};
  next_ = {"archive.next", next_text_.c_str(), kinds_.c_str()};
  any_ = {"archive.any", any_text_.c_str(), "n"};
  insert_ = {"archive.insert", insert_text_.c_str()};
}

Result<void> ArchiveTable::read(Session& session, const OnRow& on_row) const {
  store::Cells last;
  for (;;) {
    std::vector<Param> params;
    if (!last.empty()) {
      for (const std::size_t place : table_.key) params.push_back(param_of(last[place]));
    }
    params.emplace_back(kPage);
    std::vector<store::Cells> page;
    page.reserve(kPage);
    ROLECALL_TRY(session.select(last.empty() ? first_ : next_, params, [&](Row& row) {
      store::Cells& cells = page.emplace_back();
      cells.reserve(kinds_.size());
      for (std::size_t i = 0; i < kinds_.size(); ++i) {
        if (!row.optional_instant(i)) {
          cells.emplace_back();
        } else if (kinds_[i] == 't') {
          cells.emplace_back(row.text(i));
        } else {
          cells.emplace_back(row.number(i));
        }
      }
    }));
    for (const store::Cells& cells : page) ROLECALL_TRY(on_row(cells));
    if (page.size() < static_cast<std::size_t>(kPage)) return {};
    last = std::move(page.back());
  }
}

Result<bool> ArchiveTable::is_empty(Session& session) const {
  bool is_empty = true;
  ROLECALL_TRY(session.select(any_, {}, [&](Row&) { is_empty = false; }));
  return is_empty;
}

Result<void> ArchiveTable::insert(Session& session, const store::Cells& cells) const {
  std::vector<Param> params;
  params.reserve(cells.size());
  for (const store::Cell& cell : cells) params.push_back(param_of(cell));
  ROLECALL_TRY(session.execute(insert_, params));
  return {};
}

}  // namespace rolecall::adapter::soci
