#include "rolecall/patch/path.hpp"

#include "rolecall/filter/parse.hpp"

namespace rolecall::patch {
namespace {

tl::unexpected<Error> invalid(std::string_view path, const std::string& why) {
  return fail(ErrorCode::invalid_path, "The path \"" + std::string(path.substr(0, 200)) + "\" " + why + ".");
}

Result<void> check_writable(const Path& path, std::string_view text) {
  if (path.kind == Path::Kind::extension) return {};
  const bool is_read_only = path.attribute.attribute->mutability == schema::Mutability::read_only ||
                            path.attribute.leaf().mutability == schema::Mutability::read_only;
  if (!is_read_only) return {};
  return fail(ErrorCode::mutability, "The attribute \"" + std::string(text.substr(0, 200)) + "\" is read-only.",
              path.attribute.to_string());
}

/// Position of the `]` that closes the bracket at `open`; strings may hold brackets.
std::size_t closing_bracket(std::string_view text, std::size_t open) {
  bool in_string = false;
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (in_string && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && text[i] == ']') {
      return i;
    }
  }
  return std::string_view::npos;
}

Result<Path> parse_selection(std::string_view text, std::size_t open, const schema::ResourceType& type) {
  Path path;
  path.kind = Path::Kind::selection;
  ROLECALL_TRY_ASSIGN(path.attribute, type.resolve(text.substr(0, open)));
  if (path.attribute.sub_attribute != nullptr || !path.attribute.attribute->multi_valued) {
    return invalid(text, "is not valid: [ ] needs a multi-valued attribute");
  }
  if (path.attribute.attribute->mutability == schema::Mutability::read_only) {
    ROLECALL_TRY(check_writable(path, text));
  }
  const std::size_t close = closing_bracket(text, open);
  if (close == std::string_view::npos) return invalid(text, "is not valid: the closing bracket is missing");
  const std::string_view inside = text.substr(open + 1, close - open - 1);
  if (!inside.empty() && inside.find_first_not_of("0123456789") == std::string_view::npos) {
    return invalid(text, "is not valid: SCIM has no array indexes, select by a filter such as [type eq \"work\"]");
  }
  ROLECALL_TRY_ASSIGN(path.filter, filter::parse_value_filter(inside, path.attribute));
  const std::string_view rest = text.substr(close + 1);
  if (rest.empty()) return path;
  if (!rest.starts_with('.')) return invalid(text, "is not valid: unexpected text after ]");
  path.attribute.sub_attribute = path.attribute.attribute->find_sub_attribute(rest.substr(1));
  if (path.attribute.sub_attribute == nullptr) {
    return invalid(text, "names a sub-attribute that " + path.attribute.attribute->name + " does not have");
  }
  return path;
}

}  // namespace

Result<Path> parse_path(std::string_view text, const schema::ResourceType& type) {
  if (text.empty()) return invalid(text, "is empty");
  constexpr std::size_t kPathBytes = 8 * 1024;
  if (text.size() > kPathBytes) return invalid(text, "is longer than " + std::to_string(kPathBytes) + " bytes");
  if (const schema::Schema* extension = type.find_extension(text)) {
    Path path;
    path.kind = Path::Kind::extension;
    path.attribute.extension = extension;
    return path;
  }
  Path path;
  if (const std::size_t open = text.find('['); open != std::string_view::npos) {
    ROLECALL_TRY_ASSIGN(path, parse_selection(text, open, type));
  } else {
    ROLECALL_TRY_ASSIGN(path.attribute, type.resolve(text));
  }
  ROLECALL_TRY(check_writable(path, text));
  return path;
}

std::string print_tree(const Path& path) {
  switch (path.kind) {
    case Path::Kind::attribute:
      return "(attr " + path.attribute.to_string() + ")";
    case Path::Kind::selection: {
      schema::AttributePath whole = path.attribute;
      whole.sub_attribute = nullptr;
      std::string text = "(sel " + whole.to_string() + " ";
      // A value filter prints its names as inside brackets: wrap it in the value path it belongs to.
      filter::Filter wrapped = *path.filter;
      filter::Node node;
      node.kind = filter::Node::Kind::value_path;
      node.test.path = whole;
      node.children = {wrapped.root};
      wrapped.nodes.push_back(node);
      wrapped.root = static_cast<std::uint32_t>(wrapped.nodes.size() - 1);
      const std::string prefix = "(vp " + whole.to_string() + " ";
      const std::string printed = filter::print_tree(wrapped);
      text += printed.substr(prefix.size(), printed.size() - prefix.size() - 1);
      if (path.attribute.sub_attribute != nullptr) text += " " + path.attribute.sub_attribute->name;
      return text + ")";
    }
    case Path::Kind::extension:
      return "(ext " + path.attribute.extension->id + ")";
  }
  return {};
}

}  // namespace rolecall::patch
