#include "sample.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

namespace rolecall::bench {
namespace {

std::vector<schema::Registry::Source> sources_in(const std::string& directory) {
  std::vector<schema::Registry::Source> sources;
  for (const auto& entry : std::filesystem::directory_iterator(ROLECALL_SOURCE_DIR "/schemas/" + directory)) {
    std::ifstream in(entry.path());
    sources.push_back({entry.path().filename().string(), std::string(std::istreambuf_iterator<char>(in), {})});
  }
  std::sort(sources.begin(), sources.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  return sources;
}

}  // namespace

const schema::Registry& registry() {
  static const auto loaded = [] {
    auto result = schema::Registry::load(sources_in("scim"), sources_in("resource_types"));
    if (!result) {
      std::cerr << "schemas: " << result.error().detail << '\n';
      std::exit(1);
    }
    return *result;
  }();
  return *loaded;
}

std::string user_text() {
  const std::string address =
      R"("streetAddress":"1234 Long Winding Road, Building 17","locality":"Springfield","region":"Example Region",)"
      R"("postalCode":"01234","country":"US","formatted":"1234 Long Winding Road\nBuilding 17\nSpringfield, US"})";
  return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",)"
         R"("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"user001234@example.com",)"
         R"("externalId":"00u000001234","name":{"formatted":"Given Middle Family","givenName":"Given",)"
         R"("middleName":"Middle","familyName":"Family"},"displayName":"Given Family","nickName":"nick",)"
         R"("title":"Support Engineer","profileUrl":"https://people.example.com/profiles/user001234",)"
         R"("userType":"Employee","preferredLanguage":"en-US","locale":"en-US","timezone":"America/New_York",)"
         R"("active":true,"emails":[{"value":"user001234@example.com","type":"work","primary":true},)"
         R"({"value":"user001234@home.example.net","type":"home"}],"phoneNumbers":[)"
         R"({"value":"tel:+1-555-1234","type":"work"},{"value":"tel:+1-556-1234","type":"mobile"}],)"
         R"("addresses":[{"type":"work","primary":true,)" +
         address + R"(,{"type":"home",)" + address +
         R"(],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"1234",)"
         R"("costCenter":"CC-34","organization":"Example Corp","division":"Division 2","department":"Department 34"}})";
}

}  // namespace rolecall::bench
