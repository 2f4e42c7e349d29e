#include "rolecall/adapter/crypto/key_ring.hpp"

#include <gtest/gtest.h>

#include "rolecall/adapter/crypto/digest.hpp"
#include "rolecall/adapter/crypto/random.hpp"
#include "rolecall/base/key_id.hpp"

namespace rolecall::adapter::crypto {
namespace {

class KeyRingTest : public testing::Test {
 protected:
  std::unique_ptr<Sealer> ring(const std::vector<std::string>& names) {
    std::vector<Secret> keys;
    for (const std::string& name : names) keys.emplace_back(name + std::string(32, 'k'));
    return make_key_ring(keys, *digest, *random);
  }
  std::unique_ptr<Digest> digest = make_digest();
  std::unique_ptr<RandomSource> random = make_random_source();
};

TEST_F(KeyRingTest, FirstKeySeals_AllOpen) {
  const auto before = ring({"old"});
  const std::string sealed = before->seal("secret", "row 1");
  const auto now = ring({"new", "old"});
  EXPECT_EQ(now->open(sealed, "row 1"), "secret");
  EXPECT_EQ(key_id_of(sealed), current_key_id(*before));
  const std::string anew = now->seal("secret", "row 1");
  EXPECT_EQ(key_id_of(anew), current_key_id(*ring({"new"})));
  EXPECT_NE(key_id_of(anew), key_id_of(sealed));
  EXPECT_EQ(ring({"new"})->open(anew, "row 1"), "secret");
  EXPECT_FALSE(before->open(anew, "row 1")) << "a key that it does not have";
}

TEST_F(KeyRingTest, TextMovedToAnotherRow_IsNotOpened) {
  const auto keys = ring({"a"});
  EXPECT_FALSE(keys->open(keys->seal("secret", "row 1"), "row 2"));
}

TEST_F(KeyRingTest, NameOfAnotherKey_DoesNotMakeItOpen) {
  const auto keys = ring({"a", "b"});
  std::string sealed = keys->seal("secret", "row 1");
  sealed.replace(0, 8, current_key_id(*ring({"b"})));
  EXPECT_FALSE(keys->open(sealed, "row 1"));
}

TEST_F(KeyRingTest, TextsOfAnotherForm_AreNotOpened) {
  const auto keys = ring({"a"});
  const std::string sealed = keys->seal("secret", "");
  for (const std::string& bad : {std::string(), std::string("."), sealed.substr(9), sealed.substr(0, 8),
                                 sealed.substr(0, 9), "A" + sealed.substr(1), sealed + "A"}) {
    EXPECT_FALSE(keys->open(bad, "")) << bad;
  }
  EXPECT_EQ(keys->open(sealed, ""), "secret");
}

}  // namespace
}  // namespace rolecall::adapter::crypto
