#include "handle.hpp"

#include <mutex>

namespace rolecall::adapter::curl {

Handle make_handle() {
  static std::once_flag initialized;
  std::call_once(initialized, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  return Handle(curl_easy_init());
}

}  // namespace rolecall::adapter::curl
