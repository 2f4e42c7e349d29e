#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "world.hpp"

// Stock Pistache queues writes by descriptor, and gave 1 answer in 100 to another client under this load. It also died
// of a null peer within seconds.
namespace rolecall::torture {
namespace {

struct Tally {
  std::atomic<int> wrong{0};
  std::atomic<int> missing{0};
  std::atomic<int> right{0};
};

void check_own_answers(const World& world, int number, int rounds, Tally& tally) {
  Client client = world.client();
  for (int i = 0; i < rounds; ++i) {
    const std::string id = std::to_string(number) + "-" + std::to_string(i);
    const auto reply = client.ask(get("/", id));
    if (!reply) {
      ++tally.missing;
      return;
    }
    ++(reply->status == 200 && reply->body == id ? tally.right : tally.wrong);
  }
}

/// Sends and leaves at once, so that descriptors are taken again while answers are still on their way.
void churn(const World& world, const std::atomic<bool>& ends, unsigned seed) {
  for (unsigned i = seed; !ends.load(); ++i) {
    Client client = world.client();
    if (!client.is_open()) continue;
    // By the time of a slow answer its client has surely gone.
    client.send(get("/", "nobody") + get(i % 3 == 0 ? "/slow" : "/size/100000", "nobody"));
    client.close(i % 2 == 0);
  }
}

void run_beside_churn(std::size_t reactors) {
  constexpr int kCheckers = 4;
  constexpr int kChurners = 3;
  const int rounds = kIsSanitized ? 200 : 5000;
  const World world([&](http::ServerOptions& options, http::ServerHooks&) {
    options.reactor_threads = reactors;
    options.queue_length = 10'000;  // a checker must not be turned away
  });
  Tally tally;
  std::atomic<bool> ends{false};
  std::vector<std::thread> churners;
  for (unsigned i = 0; i < kChurners; ++i) churners.emplace_back([&, i] { churn(world, ends, i); });
  std::vector<std::thread> checkers;
  for (int i = 0; i < kCheckers; ++i) checkers.emplace_back([&, i] { check_own_answers(world, i, rounds, tally); });
  for (std::thread& checker : checkers) checker.join();
  ends.store(true);
  for (std::thread& churner : churners) churner.join();
  EXPECT_EQ(tally.wrong, 0);
  EXPECT_EQ(tally.missing, 0);
  EXPECT_EQ(tally.right, kCheckers * rounds);
  EXPECT_TRUE(world.is_well());
  EXPECT_TRUE(world.becomes_empty());
  // Without abandoned work the test has not tried anything.
  EXPECT_GT(world.server->counters().answers_dropped, 0U);
}

TEST(WrongClient, UnderChurn_EveryAnswerIsOnesOwn) { run_beside_churn(1); }

TEST(WrongClient, UnderChurnWithTwoReactors_EveryAnswerIsOnesOwn) { run_beside_churn(2); }

TEST(WrongClient, ManyWithOneWrite_EachGetsItsOwnInOrder) {
  const World world;
  constexpr int kClients = 50;
  std::vector<Client> clients;
  for (int i = 0; i < kClients; ++i) clients.push_back(world.client());
  for (int i = 0; i < kClients; ++i) {
    std::string burst;
    for (int k = 0; k < 20; ++k) burst += get("/", std::to_string(i) + "." + std::to_string(k));
    ASSERT_TRUE(clients[static_cast<std::size_t>(i)].send(burst));
  }
  for (int i = 0; i < kClients; ++i) {
    for (int k = 0; k < 20; ++k) {
      const auto reply = clients[static_cast<std::size_t>(i)].receive();
      ASSERT_TRUE(reply.has_value());
      EXPECT_EQ(reply->body, std::to_string(i) + "." + std::to_string(k));
    }
  }
}

}  // namespace
}  // namespace rolecall::torture
