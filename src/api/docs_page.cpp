#include "docs_page.hpp"

#include "html.hpp"
#include "rolecall/base/text.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::api {

const std::string_view kDocsStyle = R"(
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{overflow-x:auto;padding:.75rem;border:1px solid #8888;border-radius:.25rem}
table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0}
article{border-top:1px solid #8888;margin-top:2rem}
nav ul{padding-left:1.25rem}
:target{outline:2px solid;outline-offset:.5rem}
)";

namespace {

const json::Object kNothing;
const json::Array kNone;

const json::Object& object_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_object() ? *value->as_object() : kNothing;
}

const json::Array& array_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_array() ? *value->as_array() : kNone;
}

/// Escaped; empty when it is no string.
std::string text_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? escaped_html(*value->as_string()) : std::string();
}

/// `code` in the descriptions of the file, as Markdown has it.
std::string prose_in(const json::Object& object, std::string_view name) {
  std::string out;
  bool is_code = false;
  for (const char letter : text_in(object, name)) {
    if (letter == '`') {
      out += is_code ? "</code>" : "<code>";
      is_code = !is_code;
    } else {
      out += letter;
    }
  }
  return out;
}

std::string last_step(const json::Object& reference) {
  const std::string path = text_in(reference, "$ref");
  return path.substr(path.rfind('/') + 1);
}

std::string code(const std::string& text) { return "<code>" + text + "</code>"; }

class Page {
 public:
  explicit Page(const json::Object& openapi)
      : openapi_(openapi), components_(object_in(openapi, "components")), paths_(object_in(openapi, "paths")) {
    const json::Array& servers = array_in(openapi, "servers");
    if (!servers.empty() && servers.front().is_object()) base_ = text_in(*servers.front().as_object(), "url");
  }

  std::string write() {
    const json::Object& info = object_in(openapi_, "info");
    out_ = R"(<!doctype html><html lang="en"><meta charset="utf-8">)";
    out_ += R"(<meta name="viewport" content="width=device-width, initial-scale=1">)";
    out_ += "<title>" + text_in(info, "title") + "</title><style>" + std::string(kDocsStyle) + "</style>";
    out_ += "<h1>" + text_in(info, "title") + "</h1><p>" + prose_in(info, "description") + "</p>";
    out_ += R"(<p><a href="/openapi.json">openapi.json</a> says the same to programs.</p>)";
    contents();
    for (const json::Value& tag : array_in(openapi_, "tags")) section(*tag.as_object());
    out_ += "<h2>Objects</h2>\n";
    for (const auto& [name, schema] : object_in(components_, "schemas")) object(name, *schema.as_object());
    errors();
    out_ += "</html>\n";
    return std::move(out_);
  }

 private:
  /// Calls `show(method, path, operation)` for the operations of a tag.
  template <typename F>
  void each_operation(const std::string& tag, const F& show) const {
    for (const auto& [path, operations] : paths_) {
      for (const auto& [method, value] : *operations.as_object()) {
        const json::Object& operation = *value.as_object();
        const json::Array& tags = array_in(operation, "tags");
        if (!tags.empty() && tags.front() == json::Value(tag)) show(method, path, operation);
      }
    }
  }

  static std::string upper(std::string_view method) {
    std::string out(method);
    for (char& letter : out) letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    return out;
  }

  void contents() {
    out_ += "<nav><h2>Contents</h2>\n";
    for (const json::Value& tag : array_in(openapi_, "tags")) {
      const std::string name = text_in(*tag.as_object(), "name");
      out_ += "<h3>" + name + "</h3><ul>\n";
      each_operation(name, [&](const std::string& method, const std::string& path, const json::Object& operation) {
        const std::string id = text_in(operation, "operationId");
        out_ += "<li><a href=\"#" + id + "\">" + text_in(operation, "summary") + "</a> " +
                code(upper(method) + " " + escaped_html(path)) + "</li>\n";
      });
      out_ += "</ul>";
    }
    out_ += R"(<h3><a href="#errors">Errors</a></h3></nav>)";
  }

  void section(const json::Object& tag) {
    const std::string name = text_in(tag, "name");
    out_ += "<h2>" + name + "</h2><p>" + prose_in(tag, "description") + "</p>\n";
    each_operation(name, [&](const std::string& method, const std::string& path, const json::Object& operation) {
      article(method, path, operation);
    });
  }

  void article(const std::string& method, const std::string& path, const json::Object& operation) {
    out_ += "<article id=\"" + text_in(operation, "operationId") + "\"><h3>" + text_in(operation, "summary") +
            "</h3><p>" + code(upper(method) + " " + base_ + escaped_html(path)) + "</p><p>" +
            prose_in(operation, "description") + " Permission " + code(text_in(operation, "x-permission")) + ".</p>\n";
    parameters(operation);
    const json::Object& body = content_of(object_in(operation, "requestBody"));
    if (!body.empty()) out_ += "<p>Body: " + kind_of(object_in(body, "schema")) + "</p>";
    out_ += "<table>";
    for (const auto& [status, response] : object_in(operation, "responses")) {
      const json::Object& resolved = resolve(*response.as_object());
      const json::Object& content = content_of(resolved);
      out_ += "<tr><th>" + escaped_html(status) + "<td>" + prose_in(resolved, "description") + "<td>" +
              (content.empty() ? std::string() : kind_of(object_in(content, "schema"))) + "</tr>\n";
    }
    out_ += "</table>\n";
    for (const auto& [name, example] : object_in(operation, "x-examples")) {
      play(method, path, operation, name, *example.as_object());
    }
    out_ += "</article>\n";
  }

  void parameters(const json::Object& operation) {
    out_ += "<table>";
    for (const json::Value& reference : array_in(operation, "parameters")) {
      const json::Object& parameter = resolve(*reference.as_object());
      const json::Value* is_required = parameter.find("required");
      out_ += "<tr><th>" + code(text_in(parameter, "name")) + "<td>" + text_in(parameter, "in") +
              (is_required != nullptr && *is_required == json::Value(true) ? ", needed" : "") + "<td>" +
              prose_in(parameter, "description") + "</tr>\n";
    }
    out_ += "</table>";
  }

  /// A request as a command, and its answer.
  void play(const std::string& method, const std::string& path, const json::Object& operation, const std::string& name,
            const json::Object& example) {
    std::string target = base_ + path;
    std::string query;
    std::string command = "curl";
    if (method != "get") command += " -X " + upper(method);
    command += " -H \"Authorization: Bearer $(cat DIR/admin-token)\"";
    for (const json::Value& reference : array_in(operation, "parameters")) {
      const json::Object& parameter = resolve(*reference.as_object());
      const json::Value* key = parameter.find("name");
      const json::Value* value = object_in(example, "parameters").find(*key->as_string());
      if (value == nullptr) continue;
      const std::string text = value->is_string() ? *value->as_string() : json::write(*value);
      const std::string where = text_in(parameter, "in");
      const std::string hole = "{" + *key->as_string() + "}";
      if (where == "path") {
        target.replace(target.find(hole), hole.size(), in_address(text));
      } else if (where == "query") {
        query += (query.empty() ? '?' : '&') + *key->as_string() + '=' + in_address(text);
      } else {
        command += " -H '" + *key->as_string() + ": " + text + "'";
      }
    }
    const json::Object& body = object_in(object_in(content_of(object_in(operation, "requestBody")), "examples"), name);
    if (const json::Value* value = body.find("value")) {
      command += " -H 'Content-Type: application/json' -d '" + json::write(*value) + "'";
    }
    command += " 'http://127.0.0.1:8080" + target + query + "'";
    const json::Value* status = example.find("status");
    const std::string number = status != nullptr ? json::write(*status) : std::string();
    const json::Object& response = resolve(object_in(object_in(operation, "responses"), number));
    const json::Object& answer = object_in(object_in(content_of(response), "examples"), name);
    out_ += "<details><summary>" + text_in(example, "summary") + ": " + number + "</summary><pre>" +
            escaped_html(command) + "</pre>";
    if (const json::Value* value = answer.find("value")) {
      out_ += "<pre>" + escaped_html(json::write_pretty(*value)) + "</pre>";
    }
    out_ += "</details>\n";
  }

  static std::string in_address(const std::string& text) {
    std::string out;
    for (const char letter : text) out += letter == ' ' ? std::string("%20") : std::string(1, letter);
    return out;
  }

  void object(const std::string& name, const json::Object& schema) {
    out_ += "<section id=\"schema-" + escaped_html(name) + "\"><h3>" + escaped_html(name) + "</h3><p>" +
            prose_in(schema, "description") + "</p><table>";
    const json::Array& required = array_in(schema, "required");
    for (const auto& [member, value] : object_in(schema, "properties")) {
      bool is_needed = false;
      for (const json::Value& needed : required) is_needed = is_needed || needed == json::Value(member);
      out_ += "<tr><th>" + code(escaped_html(member)) + "<td>" + kind_of(*value.as_object()) +
              (is_needed ? "" : ", may be absent") + "<td>" + prose_in(*value.as_object(), "description") + "</tr>\n";
    }
    out_ += "</table></section>\n";
  }

  /// "string", "array of Role", "live | expired | revoked", with links.
  static std::string kind_of(const json::Object& schema) {
    if (schema.find("$ref") != nullptr) {
      const std::string name = last_step(schema);
      return "<a href=\"#schema-" + name + "\">" + name + "</a>";
    }
    std::string kind = text_in(schema, "type");
    for (const json::Value& one : array_in(schema, "type")) {
      kind += (kind.empty() ? "" : " or ") + escaped_html(*one.as_string());
    }
    if (kind == "array") {
      const json::Object& items = object_in(schema, "items");
      kind += " of " +
              (items.find("$ref") != nullptr ? kind_of({{"$ref", text_in(items, "$ref")}}) : text_in(items, "type"));
    }
    std::string words;
    for (const json::Value& word : array_in(schema, "enum")) {
      words +=
          (words.empty() ? ": " : ", ") + code(escaped_html(word.as_string() ? *word.as_string() : json::write(word)));
    }
    return kind + words;
  }

  void errors() {
    out_ += "<h2 id=\"errors\">Errors</h2>\n";
    for (const json::Value& value : array_in(openapi_, "x-errors")) {
      const json::Object& error = *value.as_object();
      const std::string name = text_in(error, "code");
      const json::Value* status = error.find("status");
      out_ += "<section id=\"error-" + name + "\"><h3>" + code(name) + " " +
              (status != nullptr ? json::write(*status) : std::string()) + "</h3><p>" + prose_in(error, "cause") +
              "</p><p>" + prose_in(error, "fix") + "</p></section>\n";
    }
  }

  /// Parameters and responses stand apart where several operations share one.
  const json::Object& resolve(const json::Object& found) const {
    if (found.find("$ref") == nullptr) return found;
    const std::string name = last_step(found);
    const bool is_parameter = text_in(found, "$ref").find("/parameters/") != std::string::npos;
    return object_in(object_in(components_, is_parameter ? "parameters" : "responses"), name);
  }

  static const json::Object& content_of(const json::Object& message) {
    const json::Object& types = object_in(message, "content");
    return types.empty() ? kNothing : *types.begin()->second.as_object();
  }

  const json::Object& openapi_;
  const json::Object& components_;
  const json::Object& paths_;
  std::string base_;
  std::string out_;
};

}  // namespace

std::string docs_page(const json::Object& openapi) { return Page(openapi).write(); }

}  // namespace rolecall::api
