#include "circles.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace rolecall::bulk {
namespace {

constexpr std::size_t kUnseen = std::numeric_limits<std::size_t>::max();

class Tarjan {
 public:
  explicit Tarjan(const std::vector<std::vector<std::size_t>>& leads_to)
      : leads_to_(leads_to), number_(leads_to.size(), kUnseen), low_(leads_to.size()), is_open_(leads_to.size()) {}

  std::vector<std::vector<std::size_t>> run() {
    for (std::size_t node = 0; node < leads_to_.size(); ++node) {
      if (number_[node] == kUnseen) visit_from(node);
    }
    return std::move(components_);
  }

 private:
  struct Frame {
    std::size_t node;
    std::size_t next = 0;
  };

  void visit_from(std::size_t root) {
    enter(root);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const auto& targets = leads_to_[frame.node];
      if (frame.next == targets.size()) {
        leave();
        continue;
      }
      const std::size_t target = targets[frame.next++];
      if (number_[target] == kUnseen) {
        enter(target);
      } else if (is_open_[target]) {
        low_[frame.node] = std::min(low_[frame.node], number_[target]);
      }
    }
  }

  void enter(std::size_t node) {
    number_[node] = low_[node] = counter_++;
    is_open_[node] = true;
    open_.push_back(node);
    frames_.push_back({node});
  }

  void leave() {
    const std::size_t node = frames_.back().node;
    frames_.pop_back();
    if (!frames_.empty()) low_[frames_.back().node] = std::min(low_[frames_.back().node], low_[node]);
    if (low_[node] != number_[node]) return;
    std::vector<std::size_t> component;
    do {
      component.push_back(open_.back());
      is_open_[open_.back()] = false;
      open_.pop_back();
    } while (component.back() != node);
    std::sort(component.begin(), component.end());
    components_.push_back(std::move(component));
  }

  const std::vector<std::vector<std::size_t>>& leads_to_;
  std::vector<std::size_t> number_;  ///< in the order of discovery
  std::vector<std::size_t> low_;     ///< the lowest number that can be reached
  std::vector<bool> is_open_;        ///< found, and not yet in a component
  std::vector<std::size_t> open_;
  std::vector<Frame> frames_;
  std::vector<std::vector<std::size_t>> components_;
  std::size_t counter_ = 0;
};

}  // namespace

std::vector<std::vector<std::size_t>> components(const std::vector<std::vector<std::size_t>>& leads_to) {
  return Tarjan(leads_to).run();
}

}  // namespace rolecall::bulk
