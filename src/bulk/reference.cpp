#include "rolecall/bulk/reference.hpp"

#include <algorithm>
#include <type_traits>
#include <unordered_set>
#include <utility>

#include "rolecall/base/text.hpp"

namespace rolecall::bulk {
namespace {

constexpr std::string_view kPrefix = "bulkId:";
constexpr std::string_view kQuoted = "\"bulkId:";
constexpr std::string_view kInUri = "/bulkId:";

/// Where a reference stands in a text, prefix included.
struct Place {
  std::size_t begin;
  std::size_t end;
};

std::string_view bulk_id_at(std::string_view text, const Place& place) {
  return text.substr(place.begin, place.end - place.begin).substr(kPrefix.size());
}

/// The first reference at or after `from` in the text of the member `name`.
std::optional<Place> find_reference(std::string_view name, std::string_view text, std::size_t from) {
  if (from == 0 && reference_of(text)) {
    if (equals_ignoring_ascii_case(name, "password")) return std::nullopt;
    return Place{0, text.size()};
  }
  if (equals_ignoring_ascii_case(name, "$ref")) {
    const auto slash = text.find(kInUri, from);
    if (slash == std::string_view::npos || !reference_of(text.substr(slash + 1))) return std::nullopt;
    return Place{slash + 1, text.size()};
  }
  if (equals_ignoring_ascii_case(name, "path")) {
    for (auto quote = text.find(kQuoted, from); quote != std::string_view::npos;
         quote = text.find(kQuoted, quote + 1)) {
      const auto close = text.find('"', quote + 1);
      if (close == std::string_view::npos) break;
      if (reference_of(text.substr(quote + 1, close - quote - 1))) return Place{quote + 1, close};
    }
  }
  return std::nullopt;
}

/// Walks a tree without recursion, in order. `on_text(name, value, text)` is called with each string and the
/// name of the member it is in; false leaves it out as `resolve_references` says. A const tree is only looked at.
template <typename Tree, typename OnText>
class Walk {
 public:
  Walk(Tree& root, OnText on_text) : on_text_(std::move(on_text)) { open(root, true); }

  bool run() {
    while (!frames_.empty()) {
      if (step()) continue;
      close();
    }
    return has_left_out_;
  }

 private:
  struct Frame {
    Tree* container;
    bool keeps_others;  ///< the resource itself or an extension: it is more than one reference
    std::size_t next = 0;
    bool is_void = false;
    std::vector<std::size_t> left_out;
  };

  /// Opens a container; other values have no inside.
  bool open(Tree& value, bool keeps_others) {
    if (!value.is_object() && !value.is_array()) return false;
    frames_.push_back(Frame{&value, keeps_others, 0, false, {}});
    return true;
  }

  /// Looks at the next child of the innermost container; false when there is none.
  bool step() {
    Frame& frame = frames_.back();
    if (auto* items = frame.container->as_array()) {
      if (frame.next == items->size()) return false;
      visit(frame, {}, (*items)[frame.next], false);
      return true;
    }
    auto& object = *frame.container->as_object();
    if (frame.next == object.size()) return false;
    auto member = object.begin() + static_cast<std::ptrdiff_t>(frame.next);
    // An extension stands directly in the resource, under its URN.
    const bool is_extension = frames_.size() == 1 && starts_with_ignoring_ascii_case(member->first, "urn:");
    visit(frame, member->first, member->second, is_extension);
    return true;
  }

  void visit(Frame& frame, std::string_view name, Tree& value, bool is_extension) {
    ++frame.next;
    if (const std::string* text = value.as_string()) {
      if (on_text_(name, value, *text)) return;
      if (frame.keeps_others || frame.container->is_array()) {
        frame.left_out.push_back(frame.next - 1);
      } else {
        frame.is_void = true;
      }
      return;
    }
    open(value, is_extension);  // `frame` may be gone after this
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frame.is_void && !frames_.empty()) {
      frames_.back().left_out.push_back(frames_.back().next - 1);
      return;
    }
    if (frame.left_out.empty()) return;
    has_left_out_ = true;
    if constexpr (!std::is_const_v<Tree>) rebuild(frame);
  }

  /// All at once: taking out one by one would cost the square of a long list.
  static void rebuild(Frame& frame) {
    auto gone = frame.left_out.begin();
    const auto stays = [&](std::size_t at) {
      if (gone == frame.left_out.end() || *gone != at) return true;
      ++gone;
      return false;
    };
    std::size_t at = 0;
    if (json::Array* items = frame.container->as_array()) {
      json::Array kept;
      for (json::Value& item : *items) {
        if (stays(at++)) kept.push_back(std::move(item));
      }
      *items = std::move(kept);
      return;
    }
    json::Object kept;
    for (auto& [name, value] : *frame.container->as_object()) {
      if (stays(at++)) kept.append(std::move(name), std::move(value));
    }
    *frame.container->as_object() = std::move(kept);
  }

  OnText on_text_;
  std::vector<Frame> frames_;
  bool has_left_out_ = false;
};

}  // namespace

std::optional<std::string_view> reference_of(std::string_view text) {
  if (!text.starts_with(kPrefix) || text.size() == kPrefix.size()) return std::nullopt;
  return text.substr(kPrefix.size());
}

std::vector<std::string> references_in(const json::Value& data) {
  std::vector<std::string> found;
  std::unordered_set<std::string> known;
  Walk(data, [&](std::string_view name, const json::Value&, std::string_view text) {
    std::size_t from = 0;
    while (const auto place = find_reference(name, text, from)) {
      std::string bulk_id(bulk_id_at(text, *place));
      if (known.insert(bulk_id).second) found.push_back(std::move(bulk_id));
      from = place->end;
    }
    return true;
  }).run();
  return found;
}

bool resolve_references(json::Value& data, const Ids& ids) {
  return Walk(data,
              [&](std::string_view name, json::Value& value, std::string_view text) {
                auto place = find_reference(name, text, 0);
                if (!place) return true;
                std::string resolved(text);
                while (place) {
                  const std::string* id = ids(bulk_id_at(resolved, *place));
                  if (id == nullptr) return false;
                  resolved.replace(place->begin, place->end - place->begin, *id);
                  place = find_reference(name, resolved, place->begin + id->size());
                }
                value = json::Value(std::move(resolved));
                return true;
              })
      .run();
}

}  // namespace rolecall::bulk
