#include "store_contract.hpp"

namespace rolecall::contract {
namespace {

using testing::ElementsAre;

using OddValueContract = StoreContract;
ROLECALL_ON_EVERY_ENGINE(OddValueContract);

std::vector<std::string> odd_texts() {
  return {
      "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80 rocket",  // emoji with a joiner
      "it's \"quoted\" `so` \\ and ''",
      "'; DROP TABLE resources; --",
      "100% _under_ [x] {y} ? :name $1 @v",
      "line\r\nbreak\ttab",
      " leading and trailing ",
      "NULL",
      "0",
      "-1e400",
      "e\xCC\x81",  // e and a combining accent
      "\xC3\xA9",   // the same, composed
      "\xE2\x80\xAE"
      "right to left",
      "\xF4\x8F\xBF\xBF",  // U+10FFFF
      "\x01\x1F\x7F",
      std::string(10'000, 'x') + "\xC3\x9F",
  };
}

TEST_P(OddValueContract, Texts_ComeBackAsTheyWere) {
  const auto texts = odd_texts();
  write([&](Workspace& reached) -> Result<void> {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      auto record = resource("User", numbered("u", i), "x");
      record.unique_key = texts[i];
      record.display = texts[i];
      record.external_id = texts[i];
      record.default_role = texts[i];
      record.document = texts[i];
      ROLECALL_TRY(reached.resources().insert(record, {{"title", 0, texts[i]}}));
      ROLECALL_TRY(reached.members().add(ResourceId("g1"), record.id, "User", at(1)));
      auto made = role("r" + std::to_string(i), {texts[i]});
      made.name = texts[i];
      made.description = texts[i];
      ROLECALL_TRY(reached.roles().insert(made, texts[i], at(1)));
      ROLECALL_TRY(
          reached.connections().insert({ConnectionId("c" + std::to_string(i)), texts[i], texts[i], RoleId("agent"),
                                        RoleId("agent"), store::UnknownGroupPolicy::refuse,
                                        store::AssertedRolePolicy::grant, store::UnknownMemberPolicy::strict, at(1)}));
      ROLECALL_TRY(reached.audit().append({static_cast<std::int64_t>(i) + 1, at(1), texts[i], texts[i], texts[i],
                                           texts[i], RequestId(texts[i]), "", ""}));
    }
    return {};
  });
  reopen();
  read([&](Workspace& reached) -> Result<int> {
    ROLECALL_TRY_ASSIGN(const auto members, reached.members().page(ResourceId("g1"), {}, 100));
    ROLECALL_TRY_ASSIGN(const auto audit, reached.audit().page(0, 100));
    for (std::size_t i = 0; i < texts.size(); ++i) {
      ROLECALL_TRY_ASSIGN(const auto by_key, reached.resources().find_by_key("User", texts[i]));
      EXPECT_EQ(by_key.size(), 1U) << texts[i];
      if (by_key.size() != 1) continue;
      EXPECT_EQ(by_key[0].id, numbered("u", i));
      EXPECT_EQ(by_key[0].unique_key, texts[i]);
      EXPECT_EQ(by_key[0].display, texts[i]);
      EXPECT_EQ(by_key[0].external_id, texts[i]);
      EXPECT_EQ(by_key[0].default_role, texts[i]);
      EXPECT_EQ(by_key[0].document, texts[i]);
      EXPECT_EQ(members[i].display, texts[i]);
      EXPECT_EQ(audit[i].details, texts[i]);
      EXPECT_EQ(audit[i].request.value(), texts[i]);
      ROLECALL_TRY_ASSIGN(const auto found, reached.roles().find_by_key(texts[i]));
      EXPECT_TRUE(found && found->name == texts[i] && found->description == texts[i]) << texts[i];
      EXPECT_TRUE(found && found->permissions == std::vector<std::string>{texts[i]}) << texts[i];
      ROLECALL_TRY_ASSIGN(const auto connection, reached.connections().find_by_name(texts[i]));
      EXPECT_TRUE(connection && connection->dialect == texts[i]) << texts[i];
    }
    return 0;
  });
}

TEST_P(OddValueContract, LongDocuments_ComeBackWhole) {
  std::string document = R"({"photos":[")";
  for (int i = 0; document.size() < 64 * 1024; ++i) document += "\xC3\xA9" + std::to_string(i);
  document += R"("],"number":9223372036854775807,"exact":0.1000000000000000055511151231257827021181583404541015625})";
  auto record = user("u1", "maya");
  record.document = document;
  insert(record);
  EXPECT_EQ(stored("User", "u1").document, document);
  record.version = Version{2};
  record.document = document + document;
  EXPECT_TRUE(write([&](Workspace& reached) { return reached.resources().update(record, {}, Version{1}); }));
  EXPECT_EQ(stored("User", "u1").document, record.document);
  record.version = Version{3};
  record.document = "{}";
  EXPECT_TRUE(write([&](Workspace& reached) { return reached.resources().update(record, {}, Version{2}); }));
  EXPECT_EQ(stored("User", "u1").document, "{}");
}

TEST_P(OddValueContract, Keys_AreComparedAndSortedByTheirBytes) {
  for (const char* key : {"a", "A", "\xC3\xA4", "ae", "z", "Z", "e\xCC\x81", "\xC3\xA9", "\xF0\x9F\x98\x80", "1", "10",
                          "2", "\xEF\xBD\x9E"}) {
    auto record = user(std::string("id of ") + key, "x");
    record.unique_key = key;
    record.display = key;
    insert(record);
  }
  std::vector<std::string> keys;
  for (const auto& record : read([&](Workspace& reached) { return reached.resources().list("User", {}, 100); })) {
    keys.push_back(record.unique_key);
  }
  EXPECT_THAT(keys, ElementsAre("1", "10", "2", "A", "Z", "a", "ae", "e\xCC\x81", "z", "\xC3\xA4", "\xC3\xA9",
                                "\xEF\xBD\x9E", "\xF0\x9F\x98\x80"));
}

TEST_P(OddValueContract, HostileIds_FindNothing) {
  insert(user("u1", "maya"));
  for (const auto& text : odd_texts()) {
    EXPECT_FALSE(exists("User", ResourceId(text)));
    EXPECT_FALSE(exists(text, ResourceId("u1")));
    EXPECT_FALSE(read_in(WorkspaceId(text), [](Workspace& reached) {
      return reached.resources().find_anywhere("User", ResourceId("u1"));
    }));
  }
  for (const char* text : {"u_", "u%", "U1", "u1 ", ""}) EXPECT_FALSE(exists("User", ResourceId(text))) << text;
}

}  // namespace
}  // namespace rolecall::contract
