#include "rolecall/app/config_keys.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

namespace rolecall::app {
namespace {

constexpr std::int64_t kKiB = 1024;
constexpr std::int64_t kMiB = 1024 * kKiB;
constexpr std::int64_t kGiB = 1024 * kMiB;
constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kHour = 3600 * kSecond;

constexpr auto kKeys = std::to_array<Key>({
    {"server.listen", Kind::text, "127.0.0.1:8080", 0, 0, "",
     "Address and port to listen on, HOST:PORT; port 0 takes any free one. TLS ends in a proxy in front."},
    {"server.public_url", Kind::text, "", 0, 0, "",
     "Address that clients use, https://scim.example.com, for locations in answers. Empty: from the Host header of "
     "each request."},
    {"server.workers", Kind::integer, "4", 1, 256, "", "Threads that answer requests."},
    {"server.reactors", Kind::integer, "1", 1, 16, "", "Threads that read and write sockets."},
    {"server.queue", Kind::integer, "256", 1, 65536, "",
     "Requests that may wait for a worker; one more is answered 503 with Retry-After."},
    {"server.connections", Kind::integer, "4096", 1, 1'000'000, "", "Connections open at the same time."},
    {"server.connections_per_peer", Kind::integer, "4096", 1, 1'000'000, "",
     "The same from one address. A proxy in front is one address."},
    {"server.head_timeout", Kind::duration, "10s", 100, kHour, "", "For request line and headers to arrive."},
    {"server.body_idle_timeout", Kind::duration, "10s", 100, kHour, "", "Between two pieces of a body."},
    {"server.idle_timeout", Kind::duration, "75s", 100, kHour, "", "Of a connection without a request."},
    {"server.write_timeout", Kind::duration, "30s", 100, kHour, "", "For a client that does not read its answer."},
    {"server.request_timeout", Kind::duration, "55s", 100, kHour, "",
     "For one request in all. Okta hangs up after 60 s."},
    {"server.drain_timeout", Kind::duration, "10s", 0, kHour, "", "For requests in flight when the server stops."},
    {"server.drain_grace", Kind::duration, "1s", 0, kHour, "",
     "How long, when the server stops, connections that are open may bring one request more, whose answer closes them. "
     "It ends when there is none. Without it a proxy loses what it sends in that moment."},
    {"limits.head", Kind::size, "32KiB", kKiB, kMiB, "", "Request line and headers; over it 431."},
    {"limits.headers", Kind::integer, "100", 10, 10'000, "", "Number of header fields; over it 431."},
    {"limits.target", Kind::size, "16KiB", 256, kMiB, "", "The request target; over it 414."},
    {"limits.trailer", Kind::size, "8KiB", 0, kMiB, "", "Chunk extensions and trailers of one message."},
    {"limits.write_buffer", Kind::size, "64MiB", kMiB, 4 * kGiB, "", "Answers waiting for one slow connection."},
    {"limits.user_body", Kind::size, "1MiB", kKiB, 64 * kMiB, "", "Body of a User request; over it 413."},
    {"limits.group_body", Kind::size, "8MiB", kKiB, 256 * kMiB, "", "Body of a Group request; over it 413."},
    {"limits.bulk_body", Kind::size, "8MiB", kKiB, 256 * kMiB, "", "Body of a bulk request; over it 413."},
    {"limits.bulk_operations", Kind::integer, "1000", 1, 100'000, "", "Operations of a bulk request; over it 413."},
    {"limits.admin_body", Kind::size, "256KiB", kKiB, 64 * kMiB, "",
     "Body of an admin or decision request; over it 413."},
    {"limits.hook_body", Kind::size, "1MiB", kKiB, 64 * kMiB, "",
     "What an identity provider tells at once through an event hook; over it 413."},
    {"limits.evaluations", Kind::integer, "1000", 1, 100'000, "",
     "Questions in one request to /access/v1/evaluations; over it 400."},
    {"limits.json_depth", Kind::integer, "32", 4, 128, "", "Nesting of a JSON body."},
    {"limits.filter", Kind::size, "8KiB", 64, kMiB, "", "Length of a filter."},
    {"limits.filter_depth", Kind::integer, "32", 1, 1000, "", "Nesting of a filter."},
    {"limits.filter_tests", Kind::integer, "100", 1, 10'000, "", "Comparisons in a filter."},
    {"limits.page_default", Kind::integer, "100", 1, 10'000, "", "Resources on a page when the client names no count."},
    {"limits.page_max", Kind::integer, "1000", 100, 10'000, "",
     "Resources on a page at most. Okta's import needs 100."},
    {"limits.parked_members", Kind::integer, "1000", 0, 100'000, "",
     "Members of one Group that may wait for their User, in connections that park unknown members."},
    {"limits.cursor_timeout", Kind::duration, "1h", kSecond, 30 * 24 * kHour, "",
     "Between two pages of a list that is paged by cursors."},
    {"limits.rate_per_token", Kind::number, "0", 0, 1'000'000, "",
     "Requests per second of one token, else 429 with Retry-After; 0 is no limit, because the bounded queue answers "
     "overload already. Entra needs 25."},
    {"limits.rate_burst", Kind::number, "200", 1, 1'000'000, "", "Requests that one token may send at once."},
    {"storage.database", Kind::text, "", 0, 0, "",
     "sqlite:PATH, relative to the data directory, or postgresql://USER@HOST/DATABASE with what libpq understands "
     "after "
     "a ?, as sslmode=verify-full. Empty: rolecall.db in the data directory."},
    {"storage.dsn", Kind::secret, "", 0, 0, "",
     "The postgresql:// address when it holds a password; it comes before storage.database."},
    {"storage.statement_timeout", Kind::duration, "30s", kSecond, 3600 * kSecond, "",
     "For one statement on PostgreSQL."},
    {"storage.readers", Kind::integer, "4", 1, 64, "", "Database connections that read at the same time."},
    {"storage.write_queue", Kind::integer, "1024", 1, 65536, "",
     "Writes that may wait for their commit; one more is answered 503."},
    {"storage.busy_timeout", Kind::duration, "5s", 0, 60 * kSecond, "",
     "For a lock that another process or replica holds."},
    {"storage.lease_timeout", Kind::duration, "5s", 1, 60 * kSecond, "", "For a free reader or a place in a commit."},
    {"scim.default_dialect", Kind::choice, "generic", 0, 0,
     "strict generic okta entra jumpcloud onelogin ping sailpoint google",
     "Dialect of connections that are created without naming one. strict is RFC 7644 and nothing else; generic "
     "understands what is known to be sent wherever no meaning is lost."},
    {"scim.schemas_directory", Kind::text, "", 0, 0, "",
     "Folder with schemas and resource types of your own, one JSON document (RFC 7643 sections 6 and 7) per *.json "
     "file, "
     "read at start. Empty: only the shipped ones."},
    {"scim.tombstone_days", Kind::integer, "30", 0, 3650, "",
     "For so many days a deleted User or Group gets its id back when the same connection makes it again; 0 never. What "
     "is kept till then is its id, userName or displayName, and externalId."},
    {"scim.cursor_key", Kind::secret, "", 0, 0, "",
     "Seals the cursors of paged lists, 32 characters at least; the same for all replicas. Empty: DIR/keys/cursor, "
     "made "
     "at the first start."},
    {"access.permissions_file", Kind::text, "", 0, 0, "",
     "JSON file with features, permissions and data scopes of your own, in the format of schemas/permissions.json, "
     "read "
     "at start. Empty: only the shipped ones."},
    {"access.privileged_defaults", Kind::text, "", 0, 0, "",
     "Default roles that may do more than the lowest shipped role, CONNECTION=ROLE and more after commas; a connection "
     "by name, in every workspace, or by id. Without it no such default role is taken, and a server that finds one "
     "does "
     "not start."},
    {"admin.token", Kind::secret, "", 0, 0, "",
     "Bearer token of the admin API, 32 characters at least. Empty: DIR/admin-token, made at the first start."},
    {"sessions.idle", Kind::duration, "30m", kSecond, 24 * kHour, "",
     "A session with the admin API ends when it is not used for so long."},
    {"sessions.absolute", Kind::duration, "12h", kSecond, 30 * 24 * kHour, "", "And after so long in any case."},
    {"metrics.listen", Kind::text, "", 0, 0, "",
     "Address and port of /metrics for Prometheus, HOST:PORT, usually 127.0.0.1:9464. It asks for no token: let only "
     "the monitoring reach it. Empty: none."},
    {"request_log.keep", Kind::integer, "100000", 0, 100'000'000, "",
     "SCIM requests of each workspace that `rolecall requests` shows; older ones go. 0: none are recorded."},
    {"request_log.days", Kind::integer, "30", 1, 3650, "", "Older ones go as well."},
    {"request_log.body", Kind::size, "16KiB", 0, kMiB, "",
     "Bodies of changes up to this size are kept for replay, without passwords and tokens; 0 keeps none."},
    {"request_log.queue", Kind::integer, "1024", 1, 1'000'000, "",
     "Records that may wait to be written, plain reads in half of it; what does not fit is dropped and counted, "
     "requests are answered all the same."},
    {"history.days", Kind::integer, "730", 1, 36500, "",
     "So long `rolecall users explain --at` knows who had which role, and why. The audit trail is kept for ever."},
    {"history.keep", Kind::integer, "1000000", 0, 1'000'000'000, "",
     "Roles that have ended, of each workspace, that it knows of; the oldest go."},
    {"guard.held", Kind::integer, "10000", 0, 10'000'000, "",
     "Changes of each connection that may wait for an administrator; what goes over is refused and not kept."},
    {"guard.days", Kind::integer, "90", 7, 3650, "",
     "Decided held changes, and waves, are shown for so long. What waits for a decision stays."},
    {"guard.keep", Kind::integer, "10000", 0, 10'000'000, "",
     "Decided held changes, and waves, of each workspace; the oldest go. With a rejection its answer to the same "
     "change goes too."},
    {"admin.kept_answers", Kind::integer, "100000", 0, 100'000'000, "",
     "Answers to requests with an Idempotency-Key, of each workspace; those older than seven days go in any case."},
    {"webhooks.threads", Kind::integer, "2", 0, 64, "",
     "Threads that deliver events to webhooks; a slow receiver holds one of them. 0: this process delivers none."},
    {"webhooks.timeout", Kind::duration, "10s", 10, 5 * 60 * kSecond, "", "For one receiver to answer."},
    {"webhooks.first_retry", Kind::duration, "5s", 1, kHour, "",
     "Before the second attempt; each wait after it is four times as long."},
    {"webhooks.longest_retry", Kind::duration, "1h", 1, 24 * kHour, "", "But no longer than this."},
    {"webhooks.give_up", Kind::duration, "24h", 1, 30 * 24 * kHour, "",
     "So long after its first attempt an event has failed; `rolecall webhooks redeliver` sends it again."},
    {"webhooks.keep", Kind::integer, "100000", 100, 100'000'000, "",
     "Events of each workspace that are kept for delivery; the oldest go, delivered or not."},
    {"webhooks.days", Kind::integer, "30", 1, 3650, "", "Older ones go as well."},
    {"directories.threads", Kind::integer, "2", 0, 16, "",
     "Threads that call the APIs of identity providers, and one more for what they tell of by themselves. 0: this "
     "process "
     "calls none."},
    {"directories.timeout", Kind::duration, "30s", 10, 5 * 60 * kSecond, "", "For one answer of such an API."},
    {"directories.answer", Kind::size, "16MiB", 64 * kKiB, 256 * kMiB, "",
     "Bytes of the longest answer that is read; a page of people is below it."},
    {"directories.event_days", Kind::integer, "7", 1, 365, "",
     "So long what an identity provider told is remembered, so that nothing that it tells again counts twice."},
    {"egress.allow", Kind::networks, "", 0, 0, "",
     "Networks besides the public internet that this server may send requests to, as in 10.20.0.0/16,fd00:1::/64. "
     "Empty: "
     "none, and so nothing private, local or of a cloud's metadata service is ever reached."},
    {"egress.plain_http", Kind::boolean, "false", 0, 0, "",
     "Whether http:// will do as well as https://, for addresses in egress.allow alone."},
    {"egress.ca_file", Kind::text, "", 0, 0, "",
     "Certificates (PEM) that servers outside are checked against. Empty: those of the system."},
    {"storage.sealing_key", Kind::secret, "", 0, 0, "",
     "Seals what has to be kept secret and read again, as secrets of webhooks and credentials of directories, 32 "
     "characters at least; the same for all replicas. With blanks or line ends between, several: the first seals, and "
     "what the others sealed is sealed anew at the start. Empty: DIR/keys/sealing, made at the first start."},
    {"storage.lost_keys", Kind::choice, "refuse", 0, 0, "refuse accept",
     "Whether the server starts when something in use was sealed with a key that it does not have. accept: those "
     "webhooks are paused and those directories wait to be reauthorized; once is enough."},
    {"log.level", Kind::choice, "info", 0, 0, "debug info warn error", "Events below are not written."},
    {"log.queue", Kind::integer, "8192", 0, 1'000'000, "",
     "Log lines that may wait to be written; 0 writes each before going on."},
});

/// Levenshtein distance; names are short and there are few.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t column = 0; column <= b.size(); ++column) row[column] = column;
  for (std::size_t line = 1; line <= a.size(); ++line) {
    std::size_t diagonal = row[0];
    row[0] = line;
    for (std::size_t column = 1; column <= b.size(); ++column) {
      const std::size_t above = row[column];
      row[column] = std::min({above + 1, row[column - 1] + 1, diagonal + (a[line - 1] == b[column - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::span<const Key> config_keys() { return kKeys; }

const Key* find_key(std::string_view name) {
  const auto found = std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& key) { return key.name == name; });
  return found == kKeys.end() ? nullptr : &*found;
}

std::string_view nearest_key(std::string_view typed) {
  constexpr std::size_t kLongest = 100;
  typed = typed.substr(0, kLongest);
  std::string_view best;
  std::size_t best_distance = std::numeric_limits<std::size_t>::max();
  for (const Key& key : kKeys) {
    // The same word in a wrong section counts as near.
    const std::string_view leaf = key.name.substr(key.name.find('.') + 1);
    const std::string_view typed_leaf = typed.substr(typed.rfind('.') + 1);
    const std::size_t away = std::min(distance(typed, key.name), distance(typed_leaf, leaf) + 1);
    if (away < best_distance) {
      best_distance = away;
      best = key.name;
    }
  }
  return best_distance <= std::max<std::size_t>(3, typed.size() / 3) ? best : std::string_view();
}

}  // namespace rolecall::app
