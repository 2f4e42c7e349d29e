#include "rolecall/base/secret.hpp"

#include <string.h>

namespace rolecall {
namespace {

void wipe(std::string& text) {
  // A shorter value may have been written over a longer one, so the whole capacity goes. Growing to the capacity does
  // not allocate.
  text.resize(text.capacity());
  explicit_bzero(text.data(), text.size());
}

}  // namespace

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    std::string copy = other.value_;
    wipe(value_);
    value_.swap(copy);
    wipe(copy);
  }
  return *this;
}

Secret::~Secret() { wipe(value_); }

}  // namespace rolecall
