#include "statement.hpp"

namespace rolecall::adapter::soci {

bool Statement::execute(::soci::session& session, std::span<const Param> params) {
  if (!statement_ || !fits(params)) prepare(session, params);
  bind(params);
  const bool has_row = statement_->execute(true);
  if (has_columns() && has_row) take_nulls();
  return has_columns() && has_row;
}

bool Statement::fetch() {
  if (!statement_->fetch()) return false;
  take_nulls();
  return true;
}

/// A variable keeps its type for the life of the statement; a null fits both.
bool Statement::fits(std::span<const Param> params) const {
  if (params.size() != slots_.size()) return false;
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (!params[i].is_null() && slots_[i].is_text != (params[i].text() != nullptr)) return false;
  }
  return true;
}

void Statement::prepare(::soci::session& session, std::span<const Param> params) {
  statement_.reset();
  slots_.assign(params.size(), Slot{});
  columns_.assign(column_kinds_.size(), Column{});
  indicators_.assign(column_kinds_.size(), ::soci::i_ok);
  auto statement = std::make_unique<::soci::statement>(session);
  for (std::size_t i = 0; i < params.size(); ++i) {
    Slot& slot = slots_[i];
    slot.is_text = params[i].number() == nullptr;
    if (slot.is_text) {
      statement->exchange(::soci::use(slot.text, slot.indicator));
    } else {
      statement->exchange(::soci::use(slot.number, slot.indicator));
    }
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (column_kinds_[i] == 't') {
      statement->exchange(::soci::into(columns_[i].text, indicators_[i]));
    } else {
      statement->exchange(::soci::into(columns_[i].number, indicators_[i]));
    }
  }
  statement->alloc();
  statement->prepare(text_);
  statement->define_and_bind();
  statement_ = std::move(statement);
}

void Statement::bind(std::span<const Param> params) {
  for (std::size_t i = 0; i < params.size(); ++i) {
    Slot& slot = slots_[i];
    slot.indicator = params[i].is_null() ? ::soci::i_null : ::soci::i_ok;
    if (const auto* text = params[i].text()) slot.text.assign(*text);
    if (const auto* number = params[i].number()) slot.number = *number;
  }
}

void Statement::take_nulls() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].is_null = indicators_[i] == ::soci::i_null;
    // SOCI leaves the variable alone, with the value of the row before.
    if (columns_[i].is_null) {
      columns_[i].text.clear();
      columns_[i].number = 0;
    }
  }
}

}  // namespace rolecall::adapter::soci
