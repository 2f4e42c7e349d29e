#include "pages.hpp"

#include "answer.hpp"
#include "docs.hpp"
#include "scim/face.hpp"

namespace rolecall::api {
namespace {

constexpr std::string_view kPageStart = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rolecall</title>
<h1>Rolecall</h1>
<p>This server takes users and groups from an identity provider over SCIM 2.0 and turns them into roles.</p>
<h2>In the identity provider</h2>
<p>SCIM base URL: <code>)";
constexpr std::string_view kPageEnd = R"(</code></p>
<p>The token comes from the command line; each connection can have two.</p>
<pre>rolecall tokens create --connection okta --data DIR</pre>
<h2>The first link</h2>
<p>Push a group, then say which role its members hold:</p>
<pre>rolecall groups list --data DIR
rolecall roles list --data DIR
rolecall links create --group "Service Desk" --role "IT Agent" --data DIR
rolecall users explain maya@example.com --data DIR</pre>
<p>Every role is a group already: an identity provider that links to a group called like a role fills that role.</p>
<p><code>rolecall doctor --data DIR</code> checks the installation.</p>
<p>The admin API behind these commands is described for <a href="/docs">people</a> and for
<a href="/openapi.json">programs</a>.</p>
</html>
)";

http::Response refuse_method(Exchange& exchange) {
  exchange.error = method_not_allowed(exchange.request.method, "GET, HEAD");
  http::Response response = problem(*exchange.error, exchange.request.id);
  response.headers.add("Allow", "GET, HEAD");
  return response;
}

}  // namespace

http::Response health(Exchange& exchange) {
  const bool is_live = exchange.request.path() == "/healthz/live";
  exchange.route = is_live ? "/healthz/live" : "/healthz/ready";
  if (!exchange.is("GET")) return refuse_method(exchange);
  if (is_live) return json_answer(200, json::Object{{"status", "ok"}});
  if (exchange.is_draining) return json_answer(503, json::Object{{"status", "draining"}});
  const auto reached = exchange.parts.provisioning.store.read([](store::UnitOfWork& unit) -> Result<void> {
    ROLECALL_TRY(unit.find_workspace_by_name("default"));
    return {};
  });
  if (!reached) return json_answer(503, json::Object{{"status", "database unreachable"}});
  return json_answer(200, json::Object{{"status", "ok"}});
}

http::Response documentation(Exchange& exchange) {
  const bool is_file = exchange.request.path() == "/openapi.json";
  exchange.route = is_file ? "/openapi.json" : "/docs";
  if (!exchange.is("GET")) return refuse_method(exchange);
  return is_file ? exchange.docs.file() : exchange.docs.page();
}

http::Response start_page(Exchange& exchange) {
  exchange.route = "/console/";
  if (!exchange.is("GET")) return refuse_method(exchange);
  // The origin holds letters, digits and `.-_:[]` only, or is the operator's own setting, checked at start.
  std::string page(kPageStart);
  page += scim::origin_of(exchange.request, exchange.settings);
  page += "/scim/v2";
  page += kPageEnd;
  return answer(200, "text/html; charset=utf-8", std::move(page));
}

}  // namespace rolecall::api
