#include "generator.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::property {
namespace {

constexpr std::size_t kDepth = 3;

/// Writes filters; what it writes always parses. Recursion ends at kDepth.
class FilterWriter {
 public:
  FilterWriter(Random& random, const schema::ResourceType& type, const std::vector<schema::AttributePath>& paths,
               const Literals& literals)
      : random_(random), type_(type), paths_(paths), literals_(literals) {}

  std::string write(std::size_t depth) {
    if (depth >= kDepth) return random_.one_in(4) ? value_path() : test(random_.of(paths_), {});
    switch (random_.below(8)) {
      case 0:
        return write(depth + 1) + spaced("and") + write(depth + 1);
      case 1:
        return write(depth + 1) + spaced("or") + write(depth + 1);
      case 2:
        return word("not") + (random_.one_in(2) ? " (" : "(") + write(depth + 1) + ")";
      case 3:
        return "(" + write(depth + 1) + ")" + spaced(random_.one_in(2) ? "and" : "or") + write(depth + 1);
      case 4:
        return value_path();
      default:
        return test(random_.of(paths_), {});
    }
  }

 private:
  std::string word(std::string text) {
    if (!random_.one_in(4)) return text;
    for (char& c : text) {
      if (c >= 'a' && c <= 'z' && random_.one_in(2)) c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
  }
  std::string spaced(const std::string& text) { return " " + word(text) + " "; }

  std::string name_of(const schema::AttributePath& path) {
    std::string name = path.to_string();
    // An extension's name is its URN; a core one may be written with its own.
    const bool is_common = name == "id" || name == "externalId" || name.starts_with("meta") || name == "schemas";
    if (path.extension == nullptr && !is_common && random_.one_in(10)) name = type_.schema->id + ":" + name;
    return word(std::move(name));
  }

  std::string value_path() {
    std::vector<const schema::AttributePath*> choices;
    for (const auto& path : paths_) {
      if (path.sub_attribute == nullptr && path.attribute->multi_valued &&
          path.attribute->type == schema::Type::complex) {
        choices.push_back(&path);
      }
    }
    if (choices.empty()) return test(random_.of(paths_), {});
    const schema::AttributePath& path = *choices[random_.below(choices.size())];
    return name_of(path) + "[" + inside(path, 1) + "]";
  }

  std::string inside(const schema::AttributePath& path, std::size_t depth) {
    switch (depth < kDepth ? random_.below(8) : 7) {
      case 0:
      case 1:
        return inside(path, depth + 1) + spaced("and") + inside(path, depth + 1);
      case 2:
        return inside(path, depth + 1) + spaced("or") + inside(path, depth + 1);
      case 3:
        return word("not") + " (" + inside(path, depth + 1) + ")";
      default: {
        const auto& sub = random_.of(path.attribute->sub_attributes);
        return test({path.extension, path.attribute, &sub}, word(sub.name));
      }
    }
  }

  std::string test(const schema::AttributePath& path, std::string shown) {
    if (shown.empty()) shown = name_of(path);
    const schema::Attribute& leaf = path.leaf();
    const bool is_complex = leaf.type == schema::Type::complex;
    const schema::Attribute* compared = &leaf;
    if (is_complex) {
      compared = path.sub_attribute == nullptr && leaf.multi_valued ? leaf.find_sub_attribute("value") : nullptr;
    }
    if (compared == nullptr || random_.one_in(8)) return shown + spaced("pr");
    if (random_.one_in(15)) return shown + spaced(random_.one_in(2) ? "eq" : "ne") + "null";
    return shown + spaced(operator_for(*compared)) + literal_for(path, *compared);
  }

  std::string operator_for(const schema::Attribute& attribute) {
    static const std::vector<std::string> kEquality{"eq", "eq", "ne"};
    static const std::vector<std::string> kOrder{"eq", "eq", "ne", "gt", "ge", "lt", "le"};
    static const std::vector<std::string> kAll{"eq", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"};
    if (attribute.returned == schema::Returned::never) return "eq";
    switch (attribute.type) {
      case schema::Type::boolean:
      case schema::Type::binary:
        return random_.of(kEquality);
      case schema::Type::string:
      case schema::Type::reference:
        return random_.of(kAll);
      default:
        return random_.of(kOrder);
    }
  }

  std::string literal_for(const schema::AttributePath& path, const schema::Attribute& attribute) {
    switch (attribute.type) {
      case schema::Type::boolean:
        return random_.one_in(2) ? "true" : "false";
      case schema::Type::integer:
      case schema::Type::decimal:
        return std::to_string(random_.below(10));
      case schema::Type::date_time:
        return json::write(json::Value(random_.of(literals_.instants)));
      default:
        break;
    }
    const std::string& top = path.attribute->name;
    const bool is_id = top == "id" || ((top == "groups" || top == "members") && attribute.name == "value");
    std::string text = is_id && !random_.one_in(6) ? random_.of(literals_.ids)
                       : random_.one_in(3)         ? some_text(random_)
                                                   : random_.of(literals_.texts);
    if (random_.one_in(2)) text = variation_of(random_, text);
    return json::write(json::Value(std::move(text)));
  }

  Random& random_;
  const schema::ResourceType& type_;
  const std::vector<schema::AttributePath>& paths_;
  const Literals& literals_;
};

}  // namespace

std::string some_filter(Random& random, const schema::ResourceType& type,
                        const std::vector<schema::AttributePath>& paths, const Literals& literals) {
  return FilterWriter(random, type, paths, literals).write(random.below(kDepth + 1));
}

}  // namespace rolecall::property
