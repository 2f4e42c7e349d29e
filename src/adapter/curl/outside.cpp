#include "rolecall/adapter/curl/outside.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "handle.hpp"

namespace rolecall::adapter::curl {
namespace {

std::optional<http::Address> address_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const std::uint32_t number = ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr);
    const auto byte = [number](unsigned shift) { return static_cast<std::uint8_t>(number >> shift & 0xFFU); };
    return http::ipv4(byte(24), byte(16), byte(8), byte(0));
  }
  if (address.sa_family != AF_INET6) return std::nullopt;
  const auto& inet = reinterpret_cast<const sockaddr_in6&>(address);
  http::Address found;
  std::copy(std::begin(inet.sin6_addr.s6_addr), std::end(inet.sin6_addr.s6_addr), found.bytes.begin());
  return found;
}

struct Exchange {
  const OutsideOptions& options;
  bool is_plain_http = false;
  OutsideReply* kept = nullptr;  ///< where the answer goes, if anybody reads it
  bool was_refused = false;
  std::size_t head = 0;
  std::size_t body = 0;
};

/// Called with the address that will be connected to, after the name was resolved: nothing can be swapped afterwards.
curl_socket_t open_socket(void* target, curlsocktype purpose, curl_sockaddr* address) {
  auto& exchange = *static_cast<Exchange*>(target);
  const auto wanted = address_of(address->addr);
  const bool may = wanted && purpose == CURLSOCKTYPE_IPCXN &&
                   http::may_connect(exchange.options.policy, *wanted, exchange.is_plain_http);
  if (!may) {
    exchange.was_refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* target) {
  auto& exchange = *static_cast<Exchange*>(target);
  exchange.body += count;
  if (exchange.body > exchange.options.max_body) return 0;
  if (exchange.kept != nullptr) exchange.kept->body.append(bytes, count);
  return count;
}

void keep_field(std::string_view line, OutsideReply& reply) {
  // The head of an interim answer (RFC 9110 §15.2) is followed by that of the real one.
  if (line.starts_with("HTTP/")) return reply.headers.clear();
  const auto trim = [](std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  };
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  reply.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
}

std::size_t take_head(char* bytes, std::size_t, std::size_t count, void* target) {
  auto& exchange = *static_cast<Exchange*>(target);
  exchange.head += count;
  if (exchange.head > exchange.options.max_head) return 0;
  if (exchange.kept != nullptr) keep_field({bytes, count}, *exchange.kept);
  return count;
}

int look_around(void* target, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& options = static_cast<Exchange*>(target)->options;
  return options.is_cancelled && options.is_cancelled() ? 1 : 0;
}

/// In our words: the library's may hold addresses.
const char* reason_of(CURLcode code, const Exchange& exchange) {
  if (exchange.was_refused) return "Its name stands for an address that this server does not connect to.";
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "Its name cannot be resolved.";
    case CURLE_COULDNT_CONNECT:
      return "Nobody accepts the connection.";
    case CURLE_OPERATION_TIMEDOUT:
      return "No answer came in time.";
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
      return "TLS could not be agreed upon.";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "Its certificate is not trusted.";
    case CURLE_ABORTED_BY_CALLBACK:
      return "The server is stopping.";
    case CURLE_WRITE_ERROR:
      return exchange.body > exchange.options.max_body ? "Its answer is too long."
                                                       : "The head of its answer is too long.";
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
      return "It closed the connection without an answer.";
    default:
      return "Its answer is not readable.";
  }
}

void set_bounds(CURL* curl, const OutsideOptions& options, bool is_plain_http) {
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, is_plain_http ? "http" : "https");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  if (!options.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
}

struct Done {
  CURLcode code = CURLE_OK;
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;
};

Result<Done> perform(const OutsideRequest& request, Exchange& exchange) {
  ROLECALL_TRY_ASSIGN(const auto target,
                      http::check_outside_url(request.url, exchange.options.policy, exchange.options.longest_url));
  exchange.is_plain_http = target.is_plain_http;
  const Handle handle = make_handle();
  if (!handle) return internal_error("curl has no handle");
  CURL* curl = handle.get();
  HeaderList list;
  bool has_type = false;
  for (const auto& [name, value] : request.headers) {
    list.add(name + ": " + value);
    has_type = has_type || name == "Content-Type";
  }
  // Else the library takes every body, an empty one too, for a form.
  if (!has_type) list.add("Content-Type:");
  // Waiting for "100 Continue" would cost a second.
  list.add("Expect:");
  set_bounds(curl, exchange.options, target.is_plain_http);
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
  if (request.method != "GET" && request.method != "DELETE") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_head);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_around);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
  Done done;
  done.code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  done.status = static_cast<int>(status);
  curl_off_t seconds = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);
  if (seconds > 0) done.retry_after = std::chrono::seconds(seconds);
  return done;
}

}  // namespace

Result<OutsideAnswer> post_outside(const std::string& url,
                                   const std::vector<std::pair<std::string, std::string>>& headers,
                                   const std::string& body, const OutsideOptions& options) {
  Exchange exchange{options};
  ROLECALL_TRY_ASSIGN(const auto done, perform({"POST", url, headers, body}, exchange));
  // Whoever answers with more than is read has answered all the same.
  const bool is_cut = done.code == CURLE_WRITE_ERROR && exchange.body > options.max_body;
  if (done.code != CURLE_OK && !is_cut) return fail(ErrorCode::unavailable, reason_of(done.code, exchange));
  return OutsideAnswer{done.status, done.retry_after};
}

Result<OutsideReply> send_outside(const OutsideRequest& request, const OutsideOptions& options) {
  OutsideReply reply;
  Exchange exchange{options};
  exchange.kept = &reply;
  ROLECALL_TRY_ASSIGN(const auto done, perform(request, exchange));
  if (done.code != CURLE_OK) return fail(ErrorCode::unavailable, reason_of(done.code, exchange));
  reply.status = done.status;
  return reply;
}

}  // namespace rolecall::adapter::curl
