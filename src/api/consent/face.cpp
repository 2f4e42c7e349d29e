#include "face.hpp"

#include "api/answer.hpp"
#include "api/html.hpp"
#include "rolecall/administration/consents.hpp"
#include "rolecall/api/error_table.hpp"

namespace rolecall::api::consent {
namespace {

http::Response page(int status, std::string_view title, const std::string& text) {
  std::string body = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rolecall</title>
<h1>)";
  body += title;
  body += "</h1>\n" + text + "</html>\n";
  return answer(status, "text/html; charset=utf-8", std::move(body));
}

std::string paragraph(const std::string& text) { return "<p>" + text + "</p>\n"; }

/// The values that count; of several under one name none does.
std::optional<administration::ConsentAnswer> answer_in(std::string_view query) {
  const auto pairs = http::parse_query(query);
  if (!pairs) return std::nullopt;
  administration::ConsentAnswer found;
  for (const auto& [name, value] : *pairs) {
    std::string* member = nullptr;
    if (name == "state") member = &found.state;
    if (name == "code") member = &found.code;
    if (name == "error") member = &found.error;
    if (name == "error_description") member = &found.description;
    if (name == "iss") member = &found.issuer;
    if (member == nullptr) continue;
    if (!member->empty()) return std::nullopt;
    *member = value;
  }
  return found;
}

http::Response shown(const administration::TakenConsent& taken) {
  const std::string name = escaped_html(taken.name);
  const std::string get = "<pre>rolecall directories get " + name + "</pre>\n";
  if (taken.is_given) {
    return page(200, "Thank you",
                paragraph(taken.title + " has answered. Rolecall now turns the answer into access to the directory “" +
                          name + "”, which takes seconds. You can close this window.") +
                    paragraph("Whether it works, and what is wrong if it does not, is said by") + get);
  }
  std::string words = taken.title + " says: <code>" + escaped_html(taken.error) + "</code>";
  if (!taken.description.empty()) words += ". " + escaped_html(taken.description);
  return page(200, "Nothing was authorized",
              paragraph(words) + paragraph("The directory “" + name + "” is as it was. To try again:") +
                  "<pre>rolecall directories authorize " + name + "</pre>\n");
}

http::Response refused(Exchange& exchange, Error error) {
  exchange.error = std::move(error);
  const Error& shown = *exchange.error;
  const int status = row_of(shown.code).status;
  // What is our own fault is told without particulars.
  const bool is_ours = status >= 500;
  return page(status, "This did not work",
              paragraph(is_ours ? "Something went wrong here. Open the address again in a moment."
                                : escaped_html(shown.detail)) +
                  (shown.next.empty() || is_ours ? std::string() : paragraph(escaped_html(shown.next))) +
                  paragraph("Request: <code>" + escaped_html(exchange.request.id.value()) + "</code>"));
}

}  // namespace

bool owns(std::string_view path) { return path == administration::kConsentPath; }

http::Response handle(Exchange& exchange) {
  exchange.route = administration::kConsentPath;
  // HEAD is no reading here: it would use up what comes once.
  if (exchange.request.method != "GET") {
    exchange.error = method_not_allowed(exchange.request.method, "GET");
    http::Response response = problem(*exchange.error, exchange.request.id);
    response.headers.add("Allow", "GET");
    return response;
  }
  const auto brought = answer_in(exchange.request.query());
  if (!brought) {
    return refused(exchange, Error{ErrorCode::bad_request, "This address cannot be read.", {}, {}, {}, {}});
  }
  const auto taken =
      administration::take_consent(exchange.parts.administration, RequestId(exchange.request.id), *brought);
  return taken ? shown(*taken) : refused(exchange, taken.error());
}

}  // namespace rolecall::api::consent
