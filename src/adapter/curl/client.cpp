#include "rolecall/adapter/curl/client.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "handle.hpp"

namespace rolecall::adapter::curl {
namespace {

bool is_loopback(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& inet = reinterpret_cast<const sockaddr_in&>(address);
    return (ntohl(inet.sin_addr.s_addr) >> 24) == 127;
  }
  if (address.sa_family == AF_INET6) {
    const auto& inet = reinterpret_cast<const sockaddr_in6&>(address);
    return IN6_IS_ADDR_LOOPBACK(&inet.sin6_addr) != 0;
  }
  return false;
}

/// Called with the address that will be connected to, after name resolution: nothing can be swapped afterwards.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* address) {
  if (!is_loopback(address->addr)) return CURL_SOCKET_BAD;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

struct Received {
  http::Response response;
  std::size_t limit = 0;
};

std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* target) {
  auto& received = *static_cast<Received*>(target);
  if (received.response.body.size() + count > received.limit) return 0;
  received.response.body.append(bytes, count);
  return count;
}

std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* target) {
  auto& received = *static_cast<Received*>(target);
  std::string_view line(bytes, count);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  std::string_view value = line.substr(colon + 1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  received.response.headers.add(std::string(line.substr(0, colon)), std::string(value));
  return count;
}

void allow_loopback_only(CURL* curl) {
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
}

void allow_https_only(CURL* curl, const ClientOptions& options) {
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
}

Result<http::Response> call(const std::string& origin, const http::Request& request, const ClientOptions& options,
                            bool is_local) {
  const Handle handle = make_handle();
  if (!handle) return internal_error("curl has no handle");
  CURL* curl = handle.get();
  const std::string url = origin + request.target;
  HeaderList headers;
  for (const auto& [name, value] : request.headers.fields()) headers.add(name + ": " + value);
  // Waiting for "100 Continue" would cost a second on every large body.
  headers.add("Expect:");
  Received received;
  received.limit = options.max_body;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  is_local ? allow_loopback_only(curl) : allow_https_only(curl, options);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  if (!request.body.empty()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &received);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &received);
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) {
    return fail(ErrorCode::unavailable,
                "The server at " + origin + " cannot be reached from this machine: " + curl_easy_strerror(code) + ".");
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  received.response.status = static_cast<int>(status);
  return std::move(received.response);
}

}  // namespace

Result<http::Response> call_loopback(const std::string& origin, const http::Request& request,
                                     const ClientOptions& options) {
  return call(origin, request, options, true);
}

Result<http::Response> call_https(const std::string& origin, const http::Request& request,
                                  const ClientOptions& options) {
  return call(origin, request, options, false);
}

}  // namespace rolecall::adapter::curl
