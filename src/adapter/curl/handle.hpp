#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

namespace rolecall::adapter::curl {

struct EasyCloser {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, EasyCloser>;

struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

class HeaderList {
 public:
  void add(const std::string& line) { list_.reset(curl_slist_append(list_.release(), line.c_str())); }
  [[nodiscard]] curl_slist* get() const { return list_.get(); }

 private:
  std::unique_ptr<curl_slist, ListCloser> list_;
};

/// Null when the library has none to give. The library is made ready the first time.
[[nodiscard]] Handle make_handle();

}  // namespace rolecall::adapter::curl
