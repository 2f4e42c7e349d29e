#include "rolecall/api/error_table.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace rolecall::api {
namespace {

/// RFC 7644 §3.12, table 9, and RFC 9865 §2.1.
const std::set<std::string_view> kScimTypes{
    "",         "invalidFilter", "tooMany",     "uniqueness", "mutability",    "invalidSyntax", "invalidPath",
    "noTarget", "invalidValue",  "invalidVers", "sensitive",  "invalidCursor", "expiredCursor", "invalidCount"};

TEST(ErrorTable, EveryCode_HasAStatusAReasonAndAKnownWord) {
  for (int at = 0; at <= static_cast<int>(ErrorCode::unavailable); ++at) {
    const auto code = static_cast<ErrorCode>(at);
    const ErrorRow row = row_of(code);
    EXPECT_GE(row.status, 400) << name_of(code);
    EXPECT_LT(row.status, 600) << name_of(code);
    EXPECT_EQ(kScimTypes.count(row.scim_type), 1U) << name_of(code);
    EXPECT_NE(reason_of(row.status), "Error") << name_of(code);
    EXPECT_EQ(row.status >= 500, code >= ErrorCode::held) << name_of(code);
  }
}

TEST(ErrorTable, Words_GoWithTheStatusOfTheTable) {
  EXPECT_EQ(row_of(ErrorCode::uniqueness).status, 409);
  EXPECT_EQ(row_of(ErrorCode::sensitive).status, 403);
  EXPECT_EQ(row_of(ErrorCode::invalid_filter).status, 400);
  EXPECT_EQ(row_of(ErrorCode::precondition_failed).status, 412);
  EXPECT_EQ(row_of(ErrorCode::internal).level, log::Level::error);
}

TEST(ErrorTable, StatusOfTheByteLayer_KeepsItsNumber) {
  for (const int status : {404, 405, 408, 413, 414, 415, 429, 431, 501, 503}) {
    EXPECT_EQ(row_of(code_for_status(status)).status, status);
  }
  EXPECT_EQ(row_of(code_for_status(400)).status, 400);
  EXPECT_EQ(row_of(code_for_status(500)).status, 500);
}

}  // namespace
}  // namespace rolecall::api
