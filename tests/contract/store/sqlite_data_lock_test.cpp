#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "rolecall/adapter/soci/data_lock.hpp"
#include "temp_directory.hpp"

namespace rolecall::contract {
namespace {

using adapter::soci::lock_data_directory;
using testing::HasSubstr;

TEST(DataLock, SecondLock_IsRefusedAndNamesTheHolder) {
  const TempDirectory directory;
  const auto held = lock_data_directory(directory.path().string());
  ASSERT_TRUE(held) << held.error().detail;
  const auto refused = lock_data_directory(directory.path().string());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().detail, HasSubstr("process " + std::to_string(::getpid())));
  EXPECT_THAT(refused.error().detail, HasSubstr(directory.path().string()));
}

TEST(DataLock, GoneWithItsOwner_CanBeTakenAgain) {
  const TempDirectory directory;
  { const auto held = lock_data_directory(directory.path().string()); }
  EXPECT_TRUE(lock_data_directory(directory.path().string()));
}

TEST(DataLock, Moved_StaysLockedUntilTheNewOwnerEnds) {
  const TempDirectory directory;
  {
    auto held = lock_data_directory(directory.path().string());
    ASSERT_TRUE(held);
    const auto moved = std::move(*held);
    held = fail(ErrorCode::internal, "gone");
    EXPECT_FALSE(lock_data_directory(directory.path().string()));
  }
  EXPECT_TRUE(lock_data_directory(directory.path().string()));
}

TEST(DataLock, OtherDirectories_AreFree) {
  const TempDirectory first;
  const TempDirectory second;
  const auto held = lock_data_directory(first.path().string());
  EXPECT_TRUE(lock_data_directory(second.path().string()));
}

TEST(DataLock, KilledHolder_LeavesItFree) {
  const TempDirectory directory;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = lock_data_directory(directory.path().string());
    const char answer = held ? 'y' : 'n';
    if (::write(ready[1], &answer, 1) == 1) ::pause();
    ::_exit(1);
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  const auto refused = lock_data_directory(directory.path().string());
  EXPECT_FALSE(refused);
  if (!refused) {
    EXPECT_THAT(refused.error().detail, HasSubstr("process " + std::to_string(child)));
  }
  ::kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(lock_data_directory(directory.path().string()));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(DataLock, ALinkInItsPlace_IsNotFollowed) {
  const TempDirectory directory;
  const auto elsewhere = directory.path() / "elsewhere";
  std::ofstream(elsewhere) << "precious";
  std::filesystem::create_symlink(elsewhere, directory.path() / "lock");
  EXPECT_FALSE(lock_data_directory(directory.path().string()));
  std::ifstream file(elsewhere);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "precious");
}

TEST(DataLock, MissingDirectory_IsAnError) {
  const TempDirectory directory;
  EXPECT_FALSE(lock_data_directory((directory.path() / "nowhere").string()));
}

}  // namespace
}  // namespace rolecall::contract
