#pragma once

#include "case_files.hpp"
#include "rolecall/adapter/crypto/certificate.hpp"
#include "rolecall/adapter/icu/value_checks.hpp"
#include "rolecall/resource/validate.hpp"

namespace rolecall::test {

/// Everything that can be checked, as in the dialect strict or as in the others.
inline resource::ValidationOptions all_checks(bool is_strict) {
  resource::ValidationOptions options;
  options.checks = {adapter::icu::user_name_fault, adapter::icu::is_time_zone, adapter::crypto::is_certificate};
  options.checks_formats = is_strict;
  return options;
}

/// Of a case that says `formats` in `given`; without checks for one that does not.
inline resource::ValidationOptions options_of(const json::Object& c) {
  const std::string formats = text_of(object_of(c, "given"), "formats");
  return formats.empty() ? resource::ValidationOptions{} : all_checks(formats == "strict");
}

}  // namespace rolecall::test
