#include "rolecall/app/configuration.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "rolecall/app/config_schema.hpp"
#include "rolecall/app/embedded.hpp"
#include "rolecall/json/write.hpp"

namespace rolecall::app {
namespace {

class ConfigurationFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "rolecall-config-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& text) {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }
  static std::string refusal(const Configuration::Sources& sources) {
    const auto configuration = Configuration::load(sources);
    return configuration ? "(accepted)" : configuration.error().detail;
  }

  std::string directory_;
};

Configuration load(Configuration::Sources sources) { return Configuration::load(sources).value(); }

TEST(ConfigKeys, EveryDefault_IsValidAndDocumented) {
  const Configuration configuration = load({});
  std::set<std::string_view> names;
  for (const Key& key : config_keys()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    EXPECT_EQ(std::count(key.name.begin(), key.name.end(), '.'), 1) << key.name;
    EXPECT_GT(key.doc.size(), 10U) << key.name;
    Configuration::Sources sources;
    sources.flags = {{std::string(key.name), std::string(key.default_value)}};
    EXPECT_TRUE(Configuration::load(sources).has_value()) << key.name;
    EXPECT_EQ(configuration.origin(key.name), Origin::built_in);
  }
}

TEST(ConfigKeys, SchemaFile_IsTheTable) {
  std::string embedded;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path == "schemas/config.json") embedded = file.bytes;
  }
  EXPECT_EQ(embedded, json::write_pretty(config_schema()) + "\n")
      << "run: rolecall config schema > schemas/config.json";
}

TEST(ConfigKeys, NearestKey_IsTheOneThatWasMeant) {
  EXPECT_EQ(nearest_key("server.lisen"), "server.listen");
  EXPECT_EQ(nearest_key("serve.workers"), "server.workers");
  EXPECT_EQ(nearest_key("limits.listen"), "server.listen");
  EXPECT_EQ(nearest_key("zzzzzzzzzzzz.qqqqqqqqqqqqqqqqqqq"), "");
  EXPECT_EQ(nearest_key(std::string(100'000, 'x')), "");
}

TEST(ConfigValues, DurationsAndSizes_AreReadExactly) {
  using std::chrono::milliseconds;
  EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
  EXPECT_EQ(parse_duration("30d"), milliseconds(30LL * 24 * 3600 * 1000));
  EXPECT_EQ(parse_duration("12h"), milliseconds(12LL * 3600 * 1000));
  for (const char* wrong : {"", "10", "s", "-1s", "1.5s", "1 s", "99999999999999999d", "10S"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(parse_size("64KiB"), 65536);
  EXPECT_EQ(parse_size("4096"), 4096);
  for (const char* wrong : {"", "KiB", "1KB", "-1", "9999999999999GiB"}) EXPECT_EQ(parse_size(wrong), std::nullopt);
}

TEST(ConfigValues, Listen_IsHostAndPort) {
  EXPECT_EQ(parse_listen("127.0.0.1:8080"), std::pair(std::string("127.0.0.1"), std::uint16_t{8080}));
  EXPECT_EQ(parse_listen("[::1]:0"), std::pair(std::string("::1"), std::uint16_t{0}));
  for (const char* wrong : {"", "8080", "127.0.0.1", ":80", "::1:80", "h:65536", "h:-1", "h:x", "h:"}) {
    EXPECT_EQ(parse_listen(wrong), std::nullopt) << wrong;
  }
}

TEST(ConfigurationEnvironment, Variables_SetKeysAndUnknownOnesAreRefused) {
  EXPECT_EQ(load({"", {"ROLECALL_SERVER__WORKERS=7", "ROLECALL_DATA=/x", "PATH=/bin"}, {}}).integer("server.workers"),
            7);
  const auto refused = Configuration::load({"", {"ROLECALL_SERVER__WORKER=7"}, {}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().detail.find("ROLECALL_SERVER__WORKER"), std::string::npos);
  EXPECT_NE(refused.error().detail.find("\"server.workers\""), std::string::npos) << refused.error().detail;
}

TEST_F(ConfigurationFile, Precedence_IsFlagEnvironmentFileDefault) {
  const std::string file = write("a.toml", "[server]\nworkers = 2\nqueue = 20\nreactors = 2\n");
  const Configuration configuration =
      load({file, {"ROLECALL_SERVER__WORKERS=3", "ROLECALL_SERVER__QUEUE=30"}, {{"server.workers", "4"}}});
  EXPECT_EQ(configuration.integer("server.workers"), 4);
  EXPECT_EQ(configuration.origin("server.workers"), Origin::flag);
  EXPECT_EQ(configuration.integer("server.queue"), 30);
  EXPECT_EQ(configuration.origin("server.queue"), Origin::environment);
  EXPECT_EQ(configuration.integer("server.reactors"), 2);
  EXPECT_EQ(configuration.origin("server.reactors"), Origin::file);
  EXPECT_EQ(configuration.origin("server.listen"), Origin::built_in);
}

TEST_F(ConfigurationFile, UnknownKey_IsRefusedWithItsLineAndTheNearestOne) {
  const std::string file = write("a.toml", "[server]\nworkers = 2\n\nlisen = \"127.0.0.1:1\"\n");
  const std::string sentence = refusal({file, {}, {}});
  EXPECT_NE(sentence.find(file + ":4"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("server.lisen"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("Did you mean \"server.listen\"?"), std::string::npos) << sentence;
  EXPECT_NE(refusal({write("b.toml", "[nothing]\nx = 1\n"), {}, {}}).find("nothing.x"), std::string::npos);
  EXPECT_NE(refusal({write("c.toml", "listen = \"a:1\"\n"), {}, {}}).find("c.toml:1"), std::string::npos);
}

TEST_F(ConfigurationFile, WrongValues_AreRefusedWithTheRange) {
  EXPECT_NE(refusal({write("a.toml", "[server]\nworkers = 0\n"), {}, {}}).find("between 1 and 256"), std::string::npos);
  EXPECT_NE(refusal({write("b.toml", "[server]\nworkers = [1]\n"), {}, {}}).find("single value"), std::string::npos);
  EXPECT_NE(refusal({write("c.toml", "[server\n"), {}, {}}).find("c.toml:1"), std::string::npos);
  EXPECT_NE(refusal({directory_ + "/none.toml", {}, {}}).find("does not exist"), std::string::npos);
  EXPECT_NE(refusal({write("d.toml", "[limits]\npage_default = 500\npage_max = 400\n"), {}, {}}).find("page_max"),
            std::string::npos);
  EXPECT_NE(refusal({"", {}, {{"storage.database", "mysql://x"}}}).find("sqlite:PATH"), std::string::npos);
  EXPECT_NE(refusal({"", {"ROLECALL_STORAGE__DSN=short"}, {}}).find("postgresql://"), std::string::npos);
}

TEST_F(ConfigurationFile, DatabaseAddress_IsShownWithoutItsPassword) {
  const auto shown = [&](const std::string& address) {
    return load({"", {}, {{"storage.database", address}}}).shown(*find_key("storage.database"));
  };
  EXPECT_EQ(shown("postgresql://ana:s3cret@db.example:5432/rolecall"), "postgresql://ana:***@db.example:5432/rolecall");
  EXPECT_EQ(shown("postgresql://ana@/rolecall?password=s3cret&host=/run"),
            "postgresql://ana@/rolecall?password=***&host=/run");
  EXPECT_EQ(shown("postgresql://ana:a:b@db/x?password=c"), "postgresql://ana:***@db/x?password=***");
  EXPECT_EQ(shown("postgresql://db.example:5432/rolecall"), "postgresql://db.example:5432/rolecall");
  EXPECT_EQ(shown("sqlite:/var/lib/rolecall.db"), "sqlite:/var/lib/rolecall.db");
}

TEST_F(ConfigurationFile, Secret_ComesFromAFileAndIsNeverShown) {
  const std::string token = "0123456789-0123456789-0123456789";
  const Configuration configuration = load({"", {"ROLECALL_ADMIN__TOKEN_FILE=" + write("secret", token + "\n")}, {}});
  EXPECT_EQ(configuration.secret("admin.token").expose(), token);
  EXPECT_EQ(configuration.shown(*find_key("admin.token")), "(set)");
  EXPECT_NE(refusal({"", {"ROLECALL_ADMIN__TOKEN=short"}, {}}).find("32 characters"), std::string::npos);
  EXPECT_NE(refusal({"", {"ROLECALL_ADMIN__TOKEN_FILE=" + directory_ + "/none"}, {}}).find("cannot be read"),
            std::string::npos);
}

TEST_F(ConfigurationFile, PublicUrl_LosesWhatIsAppendedLater) {
  for (const std::string url :
       {"https://a.example", "https://a.example/", "https://a.example/scim/v2", "https://a.example/scim/v2/"}) {
    EXPECT_EQ(load({"", {}, {{"server.public_url", url}}}).text("server.public_url"), "https://a.example");
  }
  EXPECT_NE(refusal({"", {}, {{"server.public_url", "a.example"}}}).find("https://"), std::string::npos);
  const std::string refused = refusal({"", {}, {{"server.public_url", "https://ana:secret@a.example"}}});
  EXPECT_NE(refused.find("must not hold a user name or password"), std::string::npos) << refused;
  EXPECT_EQ(refused.find("secret"), std::string::npos) << refused;
}

TEST_F(ConfigurationFile, Networks_AreAnArrayOrATextWithCommas) {
  const auto from_file =
      Configuration::load({write("n.toml", "[egress]\nallow = [\"127.0.0.1/32\", \"fd00::/8\"]\n"), {}, {}});
  ASSERT_TRUE(from_file.has_value()) << from_file.error().detail;
  EXPECT_EQ(from_file->text("egress.allow"), "127.0.0.1/32,fd00::/8");
  const auto from_environment = Configuration::load({"", {"ROLECALL_EGRESS__ALLOW=10.0.0.0/8"}, {}});
  ASSERT_TRUE(from_environment.has_value());
  EXPECT_EQ(from_environment->text("egress.allow"), "10.0.0.0/8");
  for (const char* wrong : {"10.0.0.0/40", "10.0.0.1/8", "localhost", ",10.0.0.0/8"}) {
    EXPECT_NE(
        refusal({"", {std::string("ROLECALL_EGRESS__ALLOW=") + wrong}, {}}).find("egress.allow must hold networks"),
        std::string::npos)
        << wrong;
  }
}

}  // namespace
}  // namespace rolecall::app
