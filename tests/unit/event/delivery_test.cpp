#include "rolecall/event/delivery.hpp"

#include <gtest/gtest.h>

#include "rolecall/adapter/crypto/digest.hpp"
#include "rolecall/base/encoding.hpp"

namespace rolecall::event {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant kNow{std::chrono::microseconds(1'800'000'000'000'000)};

struct Sending {
  Policy policy;
  store::DeliveryRecord delivery;
  store::WebhookRecord webhook;

  void settle(std::int64_t status, Instant now = kNow, std::optional<seconds> retry_after = {}) {
    Outcome outcome;
    outcome.status = status;
    outcome.reason = status == 0 ? "No answer came in time." : "";
    outcome.retry_after = retry_after;
    event::settle(policy, outcome, now, 0.5, delivery, webhook);
  }
};

TEST(Signature, AgreesWithStandardWebhooks) {
  // The example that the libraries of standard-webhooks test themselves with.
  const auto digest = adapter::crypto::make_digest();
  const Secret key(*parse_hex("31f290f6bf06298aab4f08d43c3f082cf648a362da2da4b0"));
  EXPECT_EQ(signature_of(*digest, {key}, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signature, TwoKeys_SignBoth) {
  const auto digest = adapter::crypto::make_digest();
  const Secret one("one");
  const Secret two("two");
  EXPECT_EQ(signature_of(*digest, {one, two}, "evt_1", 1, "{}"),
            signature_of(*digest, {one}, "evt_1", 1, "{}") + " " + signature_of(*digest, {two}, "evt_1", 1, "{}"));
  EXPECT_EQ(signature_of(*digest, {}, "evt_1", 1, "{}"), "");
}

TEST(Hmac, AgreesWithRfc4231) {
  const auto digest = adapter::crypto::make_digest();
  EXPECT_EQ(to_hex(hmac_sha256(*digest, std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256(*digest, "Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      to_hex(hmac_sha256(*digest, std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Base64, HasPaddingAndTheOrdinaryAlphabet) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foo"), "Zm9v");
  EXPECT_EQ(to_base64("\xfb\xff"), "+/8=");
}

TEST(Backoff, GrowsUpToTheLongestWait) {
  const Policy policy;
  EXPECT_EQ(backoff(policy, 1, 0.5), seconds(5));
  EXPECT_EQ(backoff(policy, 2, 0.5), seconds(20));
  EXPECT_EQ(backoff(policy, 3, 0.5), seconds(80));
  EXPECT_EQ(backoff(policy, 1'000'000, 0.5), seconds(3600));
  EXPECT_EQ(backoff(policy, 1, 0), seconds(4));
  EXPECT_EQ(backoff(policy, 1, 1), seconds(6));
}

TEST(Settle, Success_EndsTheDeliveryAndForgetsFailures) {
  Sending sending;
  sending.settle(500);
  sending.settle(204);
  EXPECT_EQ(sending.delivery.state, store::DeliveryState::delivered);
  EXPECT_EQ(sending.delivery.attempts, 2);
  EXPECT_EQ(sending.delivery.reason, "");
  EXPECT_EQ(sending.webhook.failures, 0);
  EXPECT_EQ(sending.webhook.rests_until, Instant());
}

TEST(Settle, Failure_HoldsTheOnesBehindForAWhile) {
  Sending sending;
  sending.settle(500);
  EXPECT_EQ(sending.delivery.state, store::DeliveryState::pending);
  EXPECT_EQ(sending.delivery.reason, "The receiver answered 500.");
  EXPECT_EQ(sending.delivery.due, Instant()) << "it goes first when the webhook has rested";
  EXPECT_EQ(sending.webhook.rests_until, kNow + seconds(5));
  sending.settle(0);
  EXPECT_EQ(sending.delivery.reason, "No answer came in time.");
  EXPECT_EQ(sending.delivery.due, Instant());
  sending.settle(302);
  EXPECT_EQ(sending.delivery.reason, "The receiver redirects, which is not followed.");
  EXPECT_EQ(sending.delivery.due, kNow + seconds(80)) << "after three attempts it steps aside";
  EXPECT_EQ(sending.webhook.rests_until, kNow + seconds(5)) << "and those behind it are tried soon";
}

TEST(Settle, RetryAfter_IsHonoured) {
  Sending sending;
  sending.settle(429, kNow, seconds(120));
  EXPECT_EQ(sending.webhook.rests_until, kNow + seconds(120));
  sending.settle(503, kNow, seconds(1));
  EXPECT_EQ(sending.webhook.rests_until, kNow + seconds(20)) << "but it shortens nothing";
  sending.settle(503, kNow, seconds(10'000'000));
  EXPECT_EQ(sending.webhook.rests_until, kNow + sending.policy.give_up);
}

TEST(Settle, GivesUpADayAfterTheFirstAttempt) {
  Sending sending;
  sending.settle(500);
  sending.settle(500, kNow + sending.policy.give_up - milliseconds(1));
  EXPECT_EQ(sending.delivery.state, store::DeliveryState::pending);
  sending.settle(500, kNow + sending.policy.give_up);
  EXPECT_EQ(sending.delivery.state, store::DeliveryState::failed);
  redeliver(sending.delivery);
  EXPECT_EQ(sending.delivery.state, store::DeliveryState::pending);
  EXPECT_EQ(sending.delivery.attempts, 0);
  sending.settle(500, kNow + sending.policy.give_up);
  EXPECT_EQ(sending.delivery.state, store::DeliveryState::pending) << "it has its own day again";
}

TEST(Settle, Gone_PausesTheWebhook) {
  Sending sending;
  sending.settle(410);
  EXPECT_EQ(sending.delivery.state, store::DeliveryState::failed);
  EXPECT_TRUE(sending.webhook.is_paused);
  EXPECT_EQ(sending.webhook.paused_because, "The receiver says that it is gone (410).");
}

}  // namespace
}  // namespace rolecall::event
