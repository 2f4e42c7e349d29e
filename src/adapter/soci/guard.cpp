#include "batch.hpp"
#include "enum_text.hpp"
#include "workspace.hpp"

namespace rolecall::adapter::soci {
namespace {

using access::GuardAnswer;
using access::GuardMode;

constexpr EnumText<GuardMode, 3> kModes{
    {{{GuardMode::hold, "hold"}, {GuardMode::observe, "observe"}, {GuardMode::off, "off"}}}};
constexpr EnumText<GuardAnswer, 2> kAnswers{{{{GuardAnswer::refuse, "refuse"}, {GuardAnswer::accept, "accept"}}}};

constexpr Sql kSettings{"guard.settings",
                        "SELECT mode, minimum, percent, window_minutes, newcomer_hours, auto_apply_minutes, answer "
                        "FROM guard_settings WHERE workspace = ? AND connection = ?",
                        "tnnnnnt"};
constexpr Sql kSetSettings{
    "guard.set_settings",
    "INSERT INTO guard_settings (workspace, connection, mode, minimum, percent, window_minutes, newcomer_hours, "
    "auto_apply_minutes, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (workspace, connection) DO UPDATE SET "
    "mode = excluded.mode, minimum = excluded.minimum, percent = excluded.percent, "
    "window_minutes = excluded.window_minutes, newcomer_hours = excluded.newcomer_hours, "
    "auto_apply_minutes = excluded.auto_apply_minutes, answer = excluded.answer"};

constexpr Sql kCountLoss{"guard.count_loss",
                         "INSERT INTO guard_losses (workspace, connection, user_id, at, ends_access, restored) "
                         "VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (workspace, connection, user_id) DO UPDATE SET "
                         "at = excluded.at, ends_access = excluded.ends_access, restored = 0"};
// By the users, who are few, and not by the age, which all losses of the window have: hence the sign.
#define ROLECALL_COUNTED(USERS)                                                                           \
  "SELECT user_id FROM guard_losses WHERE workspace = ? AND connection = ? AND +at > ? AND restored = 0 " \
  "AND user_id " USERS
constexpr ForOneOrMany kCounted{{"guard.is_counted", ROLECALL_COUNTED("= ?"), "t"},
                                {"guard.counted_of", ROLECALL_COUNTED("IN (" ROLECALL_32_VALUES ")"), "t"}};
constexpr Sql kLosses{"guard.losses",
                      "SELECT COUNT(*) FROM guard_losses WHERE workspace = ? AND connection = ? AND at > ?", "n"};
constexpr Sql kActive{"guard.active",
                      "SELECT COUNT(*) FROM resources WHERE workspace = ? AND type = 'User' AND connection = ? "
                      "AND is_active = 1",
                      "n"};
constexpr Sql kEnded{"guard.ended",
                     "SELECT COUNT(*) FROM guard_losses l WHERE l.workspace = ? AND l.connection = ? AND l.at > ? "
                     "AND l.ends_access = 1 AND NOT EXISTS (SELECT 1 FROM resources r WHERE r.workspace = l.workspace "
                     "AND r.type = 'User' AND r.id = l.user_id AND r.is_active = 1)",
                     "n"};
constexpr Sql kMarkRestored{"guard.mark_restored",
                            "UPDATE guard_losses SET restored = 1 WHERE workspace = ? AND connection = ? "
                            "AND user_id = ?"};

constexpr const char* kTakenKinds = "tttnt";
#define ROLECALL_TAKEN "SELECT id, connection, wave, at, effect FROM guard_taken "
constexpr Sql kNoteTaken{"guard.note_taken",
                         "INSERT INTO guard_taken (workspace, id, connection, wave, at, effect) "
                         "VALUES (?, ?, ?, ?, ?, ?)"};
constexpr Sql kAdopt{"guard.adopt",
                     "UPDATE guard_taken SET wave = ? WHERE workspace = ? AND connection = ? AND wave = '' AND at > ?"};
constexpr Sql kTakenIn{
    "guard.taken_in", ROLECALL_TAKEN "WHERE workspace = ? AND wave = ? ORDER BY at DESC, id DESC LIMIT ?", kTakenKinds};
constexpr Sql kCountTaken{"guard.count_taken", "SELECT COUNT(*) FROM guard_taken WHERE workspace = ? AND wave = ?",
                          "n"};
constexpr Sql kForgetTaken{"guard.forget_taken", "DELETE FROM guard_taken WHERE workspace = ? AND id = ?"};
constexpr Sql kPruneLosses{"guard.prune_losses",
                           "DELETE FROM guard_losses WHERE workspace = ? AND connection = ? AND at <= ?"};
constexpr Sql kPruneLoose{"guard.prune_loose",
                          "DELETE FROM guard_taken WHERE workspace = ? AND connection = ? AND wave = '' AND at <= ?"};
constexpr Sql kPruneTaken{"guard.prune_taken",
                          "DELETE FROM guard_taken WHERE workspace = ? AND connection = ? AND wave > '' AND at <= ?"};

constexpr const char* kWaveKinds = "ttnntnnnt";
#define ROLECALL_WAVE \
  "SELECT id, connection, opened, last, mode, losses, loss_limit, undone, undone_by FROM guard_waves "
constexpr Sql kInsertWave{"guard.insert_wave",
                          "INSERT INTO guard_waves (workspace, id, connection, opened, last, mode, losses, loss_limit, "
                          "undone, undone_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
constexpr Sql kUpdateWave{"guard.update_wave",
                          "UPDATE guard_waves SET last = ?, undone = ?, undone_by = ? WHERE workspace = ? AND id = ?"};
constexpr Sql kFindWave{"guard.find_wave", ROLECALL_WAVE "WHERE workspace = ? AND id = ?", kWaveKinds};
constexpr Sql kWaves{"guard.waves", ROLECALL_WAVE "WHERE workspace = ? AND (? = '' OR id < ?) ORDER BY id DESC LIMIT ?",
                     kWaveKinds};
constexpr Sql kWavesOf{
    "guard.waves_of",
    ROLECALL_WAVE "WHERE workspace = ? AND connection = ? AND (? = '' OR id < ?) ORDER BY id DESC LIMIT ?", kWaveKinds};
constexpr Sql kCountWaves{"guard.count_waves", "SELECT COUNT(*) FROM guard_waves WHERE workspace = ?", "n"};

constexpr Sql kForgetWaves{
    "guard.forget_waves",
    "DELETE FROM guard_waves WHERE workspace = ? AND (last < ? OR id <= (SELECT id FROM guard_waves "
    "WHERE workspace = ? ORDER BY id DESC LIMIT 1 OFFSET ?)) "
    "AND id NOT IN (SELECT wave FROM held_changes WHERE workspace = ? AND state = 'held') "
    "AND id NOT IN (SELECT wave FROM guard_taken WHERE workspace = ?)"};

store::TakenRecord taken_of(Row& row) {
  store::TakenRecord taken;
  taken.id = row.text(0);
  taken.connection = row.id<ConnectionId>(1);
  if (!row.view(2).empty()) taken.wave = row.id<WaveId>(2);
  taken.at = row.instant(3);
  taken.effect = row.text(4);
  return taken;
}

store::WaveRecord wave_of(Row& row) {
  store::WaveRecord wave;
  wave.id = row.id<WaveId>(0);
  wave.connection = row.id<ConnectionId>(1);
  wave.opened = row.instant(2);
  wave.last = row.instant(3);
  wave.mode = kModes.value(row.view(4));
  wave.losses = row.number(5);
  wave.limit = row.number(6);
  wave.undone = row.optional_instant(7);
  wave.undone_by = row.text(8);
  return wave;
}

Result<std::int64_t> number(Session& session, const Sql& sql, Params params) {
  std::int64_t found = 0;
  ROLECALL_TRY(session.select(sql, params, [&](Row& row) { found = row.number(0); }));
  return found;
}

}  // namespace

Result<std::optional<access::GuardSettings>> GuardRepository::settings(const ConnectionId& connection) {
  std::optional<access::GuardSettings> found;
  ROLECALL_TRY(scope_.session.select_kept(kSettings, {scope_.workspace, connection}, [&](Row& row) {
    found.emplace();
    found->mode = kModes.value(row.view(0));
    found->minimum = row.number(1);
    found->percent = row.number(2);
    found->window = std::chrono::minutes(row.number(3));
    found->newcomers = std::chrono::hours(row.number(4));
    found->auto_apply = std::chrono::minutes(row.number(5));
    found->answer = kAnswers.value(row.view(6));
  }));
  return found;
}

Result<void> GuardRepository::set_settings(const ConnectionId& connection, const access::GuardSettings& settings) {
  const std::int64_t window = settings.window.count();
  const std::int64_t newcomers = settings.newcomers.count();
  const std::int64_t auto_apply = settings.auto_apply.count();
  ROLECALL_TRY(scope_.session.execute(
      kSetSettings, {scope_.workspace, connection, kModes.text(settings.mode), settings.minimum, settings.percent,
                     window, newcomers, auto_apply, kAnswers.text(settings.answer)}));
  return {};
}

Result<void> GuardRepository::count_loss(const ConnectionId& connection, const ResourceId& user, Instant at,
                                         bool ends_access) {
  return scope_.session.execute_later(kCountLoss, {scope_.workspace, connection, user, at, ends_access});
}

Result<bool> GuardRepository::is_counted(const ConnectionId& connection, const ResourceId& user, Instant since) {
  ROLECALL_TRY_ASSIGN(const auto found, counted_of(connection, {user}, since));
  return !found.empty();
}

Result<std::vector<ResourceId>> GuardRepository::counted_of(const ConnectionId& connection,
                                                            const std::vector<ResourceId>& users, Instant since) {
  std::vector<ResourceId> found;
  ROLECALL_TRY(in_batches(kCounted, users, [&](const Sql& sql, const auto& append) {
    std::vector<Param> params{scope_.workspace, connection, since};
    append(params);
    return scope_.session.select(sql, params, [&](Row& row) { found.push_back(row.id<ResourceId>(0)); });
  }));
  return found;
}

Result<std::int64_t> GuardRepository::losses(const ConnectionId& connection, Instant since) {
  return number(scope_.session, kLosses, {scope_.workspace, connection, since});
}

Result<std::int64_t> GuardRepository::active_users(const ConnectionId& connection, Instant since) {
  ROLECALL_TRY_ASSIGN(const auto active, number(scope_.session, kActive, {scope_.workspace, connection}));
  ROLECALL_TRY_ASSIGN(const auto ended, number(scope_.session, kEnded, {scope_.workspace, connection, since}));
  return active + ended;
}

Result<void> GuardRepository::mark_restored(const ConnectionId& connection, const ResourceId& user) {
  ROLECALL_TRY(scope_.session.execute(kMarkRestored, {scope_.workspace, connection, user}));
  return {};
}

Result<void> GuardRepository::note_taken(const store::TakenRecord& taken) {
  const WaveId wave = taken.wave.value_or(WaveId());
  return scope_.session.execute_later(kNoteTaken,
                                      {scope_.workspace, taken.id, taken.connection, wave, taken.at, taken.effect});
}

Result<void> GuardRepository::adopt(const ConnectionId& connection, Instant since, const WaveId& wave) {
  ROLECALL_TRY(scope_.session.execute(kAdopt, {wave, scope_.workspace, connection, since}));
  return {};
}

Result<std::vector<store::TakenRecord>> GuardRepository::taken_in(const WaveId& wave, std::int64_t limit) {
  std::vector<store::TakenRecord> found;
  ROLECALL_TRY(scope_.session.select(kTakenIn, {scope_.workspace, wave, limit},
                                     [&](Row& row) { found.push_back(taken_of(row)); }));
  return found;
}

Result<std::int64_t> GuardRepository::count_taken(const WaveId& wave) {
  return number(scope_.session, kCountTaken, {scope_.workspace, wave});
}

Result<void> GuardRepository::forget_taken(const std::string& id) {
  ROLECALL_TRY(scope_.session.execute(kForgetTaken, {scope_.workspace, id}));
  return {};
}

Result<void> GuardRepository::prune(const ConnectionId& connection, Instant window, Instant wave) {
  ROLECALL_TRY(scope_.session.execute_later(kPruneLosses, {scope_.workspace, connection, window}));
  ROLECALL_TRY(scope_.session.execute_later(kPruneLoose, {scope_.workspace, connection, window}));
  ROLECALL_TRY(scope_.session.execute_later(kPruneTaken, {scope_.workspace, connection, wave}));
  return {};
}

Result<void> GuardRepository::insert_wave(const store::WaveRecord& wave) {
  ROLECALL_TRY(scope_.session.execute(
      kInsertWave, {scope_.workspace, wave.id, wave.connection, wave.opened, wave.last, kModes.text(wave.mode),
                    wave.losses, wave.limit, wave.undone, wave.undone_by}));
  return {};
}

Result<void> GuardRepository::update_wave(const store::WaveRecord& wave) {
  ROLECALL_TRY(
      scope_.session.execute(kUpdateWave, {wave.last, wave.undone, wave.undone_by, scope_.workspace, wave.id}));
  return {};
}

Result<std::optional<store::WaveRecord>> GuardRepository::find_wave(const WaveId& id) {
  std::optional<store::WaveRecord> found;
  ROLECALL_TRY(scope_.session.select(kFindWave, {scope_.workspace, id}, [&](Row& row) { found = wave_of(row); }));
  return found;
}

Result<std::vector<store::WaveRecord>> GuardRepository::waves(const ConnectionId& connection, const WaveId& before,
                                                              std::int64_t limit) {
  std::vector<store::WaveRecord> found;
  const auto take = [&](Row& row) { found.push_back(wave_of(row)); };
  if (connection.empty()) {
    ROLECALL_TRY(scope_.session.select(kWaves, {scope_.workspace, before, before, limit}, take));
  } else {
    ROLECALL_TRY(scope_.session.select_kept(kWavesOf, {scope_.workspace, connection, before, before, limit}, take));
  }
  return found;
}

Result<void> GuardRepository::forget_waves(std::int64_t keep, Instant oldest) {
  ROLECALL_TRY(scope_.session.execute(
      kForgetWaves, {scope_.workspace, oldest, scope_.workspace, keep, scope_.workspace, scope_.workspace}));
  return {};
}

Result<std::int64_t> GuardRepository::count_waves() { return number(scope_.session, kCountWaves, {scope_.workspace}); }

}  // namespace rolecall::adapter::soci
