#include <gtest/gtest.h>

#include <algorithm>

#include "case_file.hpp"
#include "parse_run.hpp"
#include "world.hpp"

// What must never happen: bytes that one server on the way counts as a body are executed as a request by this one, or
// the other way round (RFC 9112 §11.2). Each case says what is answered, what reaches the handler and what becomes of
// the connection: "stays" open and in step, "closes", "waits" for more, or "closed-by-end" when the client ends.
namespace rolecall::torture {
namespace {

const std::vector<Case>& corpus() {
  static const std::vector<Case> cases = read_cases("smuggling");
  return cases;
}

std::string statuses_of(const std::vector<Reply>& replies) {
  std::string text;
  for (const Reply& reply : replies) text += (text.empty() ? "" : " ") + std::to_string(reply.status);
  return text;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "|") + line;
  return text;
}

/// The answers that a parser's findings lead to.
std::string answers_of(const ParseRun& run) {
  std::string text;
  for (std::size_t i = 0; i < run.requests.size(); ++i) text += text.empty() ? "200" : " 200";
  if (run.refusal != 0) text += (text.empty() ? "" : " ") + std::to_string(run.refusal);
  return text;
}

TEST(Smuggling, Corpus_HasAHundredCases) { EXPECT_GE(corpus().size(), 100U); }

TEST(Smuggling, OverTheSocket_OnlyWhatTheCaseAllowsReachesTheHandler) {
  for (const Case& one : corpus()) {
    SCOPED_TRACE(one.at("file") + ": " + one.at("name"));
    World world;
    Client client = world.client();
    ASSERT_TRUE(client.is_open());
    client.send(one.at("send"));
    const std::string& then = one.at("then");
    if (then == "stays") {
      std::vector<Reply> replies;
      for (std::size_t i = 0; i < parts_of(one.at("answers"), ' ').size(); ++i) {
        auto reply = client.receive();
        ASSERT_TRUE(reply.has_value());
        replies.push_back(std::move(*reply));
      }
      EXPECT_EQ(statuses_of(replies), one.at("answers"));
      const auto probe = client.ask(get("/probe", "probe"));
      ASSERT_TRUE(probe.has_value()) << "the connection is out of step";
      EXPECT_EQ(probe->body, "probe");
      EXPECT_EQ(joined(world.log.lines()), one.at("reaches") + "|GET /probe 0");
      continue;
    }
    if (then != "closes") client.finish_sending();
    const auto bytes = client.read_to_end();
    ASSERT_TRUE(bytes.has_value()) << "neither closed nor answered";
    const Transcript transcript = transcript_of(*bytes);
    EXPECT_TRUE(transcript.is_clean) << *bytes;
    EXPECT_EQ(statuses_of(transcript.replies), one.at("answers"));
    EXPECT_EQ(joined(world.log.lines()), one.at("reaches"));
  }
}

TEST(Smuggling, ByTheParser_InOnePieceAndByteByByte) {
  for (const Case& one : corpus()) {
    SCOPED_TRACE(one.at("file") + ": " + one.at("name"));
    const ParseRun whole = parse(one.at("send"), {});
    const ParseRun bytes = parse_in_steps(one.at("send"), 1);
    for (const ParseRun& run : {whole, bytes}) {
      // Who closes is no matter of the parser: it goes on behind "Connection: close".
      if (run.closed_early) continue;
      EXPECT_EQ(joined(run.requests), one.at("reaches"));
      std::string expected = one.at("answers");
      if (one.at("then") == "waits") expected.clear();
      EXPECT_EQ(answers_of(run), expected);
    }
  }
}

}  // namespace
}  // namespace rolecall::torture
