#pragma once

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "generator.hpp"
#include "rolecall/administration/explanation.hpp"
#include "world/administration_world.hpp"

namespace rolecall::property {

/// Notes what was answered at some instants, and asks again later.
class ExplainedPast {
 public:
  explicit ExplainedPast(testing_support::World& world) : world_(world) {}

  void note(const std::string& user) {
    const auto now = administration::explain_user(world_.environment, world_.workspace, user);
    answers_.push_back({world_.clock.now(), user, now ? told(*now) : std::string()});
  }

  /// Asks for random ones of the past, at any moment before the clock went on.
  void check(Random& random, std::size_t count, std::int64_t tick) {
    ASSERT_FALSE(answers_.empty());
    std::size_t present = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const Answer& then = random.of(answers_);
      const Instant at =
          then.at + std::chrono::microseconds(static_cast<std::int64_t>(random.below(static_cast<std::size_t>(tick))));
      if (at > world_.clock.now()) continue;
      const auto found = administration::explain_user_at(world_.environment, world_.workspace, then.user, at);
      ASSERT_EQ(found ? told(*found) : std::string(), then.text) << then.user;
      present += found ? 1U : 0U;
    }
    EXPECT_GT(present, count / 4) << "hardly anybody was there";
  }

 private:
  struct Answer {
    Instant at;
    std::string user;
    std::string text;
  };
  /// Sentence and proofs; what had no effect is told of the present alone.
  static std::string told(const administration::Explanation& explanation) {
    administration::Explanation kept = explanation;
    kept.at = Instant();
    return to_text(kept);
  }

  testing_support::World& world_;
  std::vector<Answer> answers_;
};

}  // namespace rolecall::property
