#include "rolecall/app/embedded.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace rolecall {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> data_files_on_disk() {
  const fs::path root = ROLECALL_SOURCE_DIR;
  std::map<std::string, std::string> files;
  for (const auto& [directory, extension] :
       {std::pair{"schemas", ".json"}, std::pair{"db", ".sql"}, std::pair{"conformance/simulators", ".py"}}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / directory)) {
      const std::string name = entry.path().filename().string();
      // Those only test a simulator, or start it for a test.
      if (entry.path().extension() != extension || name == "selftest.py" || name == "client.py") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files[fs::relative(entry.path(), root).generic_string()] = std::string(std::istreambuf_iterator<char>(in), {});
    }
  }
  return files;
}

TEST(Embedded, EveryDataFile_IsCarriedUnchanged) {
  const auto expected = data_files_on_disk();
  ASSERT_FALSE(expected.empty());
  std::map<std::string, std::string> carried;
  for (const auto& file : embedded_files()) carried.emplace(file.path, file.bytes);
  EXPECT_EQ(carried, expected);
}

TEST(Embedded, Files_AreSortedAndEndWithNul) {
  const auto files = embedded_files();
  EXPECT_TRUE(std::is_sorted(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; }));
  for (const auto& file : files) EXPECT_EQ(file.bytes.data()[file.bytes.size()], '\0') << file.path;
}

}  // namespace
}  // namespace rolecall
