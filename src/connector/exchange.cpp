#include "rolecall/connector/exchange.hpp"

#include "rolecall/base/text.hpp"

namespace rolecall::connector {

const std::string* Reply::find(std::string_view name) const {
  for (const auto& [field, value] : headers) {
    if (equals_ignoring_ascii_case(field, name)) return &value;
  }
  return nullptr;
}

const char* name_of(Trouble::Kind kind) {
  switch (kind) {
    case Trouble::Kind::unauthorized:
      return "unauthorized";
    case Trouble::Kind::no_consent:
      return "no_consent";
    case Trouble::Kind::missing_scope:
      return "missing_scope";
    case Trouble::Kind::missing_role:
      return "missing_role";
    case Trouble::Kind::not_found:
      return "not_found";
    case Trouble::Kind::refused:
      return "refused";
    case Trouble::Kind::try_again:
      return "try_again";
    case Trouble::Kind::throttled:
      return "throttled";
    case Trouble::Kind::unavailable:
      return "unavailable";
    case Trouble::Kind::unreadable:
      return "unreadable";
  }
  return "unreadable";
}

bool passes(Trouble::Kind kind) {
  return kind == Trouble::Kind::try_again || kind == Trouble::Kind::throttled || kind == Trouble::Kind::unavailable ||
         kind == Trouble::Kind::unreadable;
}

namespace {

std::string begin_of(const Trouble& trouble) {
  switch (trouble.kind) {
    case Trouble::Kind::unauthorized:
      return "The credential is not accepted: it was revoked, has expired or is wrong. Reauthorize with a new one.";
    case Trouble::Kind::no_consent:
      return trouble.status == 0 ? "An administrator of the provider has to consent first: authorize the directory."
                                 : "The consent no longer counts at the provider. Authorize the directory again.";
    case Trouble::Kind::missing_scope:
      if (trouble.scope.empty()) {
        return "A scope that was asked for is not granted. Grant all of them at the provider, or ask for fewer.";
      }
      return "The scope " + trouble.scope + " is not granted. Grant it at the provider, then reauthorize.";
    case Trouble::Kind::missing_role:
      return "The credential lacks an administrator role at the provider. Assign one, then test again.";
    case Trouble::Kind::not_found:
      return "The provider has nothing of that id.";
    case Trouble::Kind::refused:
      return "The provider refuses this.";
    case Trouble::Kind::try_again:
      return "The provider is still busy with an earlier change.";
    case Trouble::Kind::throttled:
      return trouble.is_concurrency ? "Too many calls at once; it goes on in a moment."
                                    : "The provider's rate limit is used up; it goes on when that is renewed.";
    case Trouble::Kind::unavailable:
      return "The provider cannot be reached or has a fault of its own.";
    case Trouble::Kind::unreadable:
      return "The provider's answer cannot be read.";
  }
  return {};
}

}  // namespace

void hide(Trouble& trouble, const std::vector<std::string_view>& secrets) {
  // A shorter one would be found in ordinary words.
  constexpr std::size_t kShortest = 8;
  for (std::string* text : {&trouble.code, &trouble.message, &trouble.request_id, &trouble.scope}) {
    for (const std::string_view secret : secrets) {
      if (secret.size() < kShortest) continue;
      for (auto at = text->find(secret); at != std::string::npos; at = text->find(secret, at)) {
        text->replace(at, secret.size(), "…");
      }
    }
  }
}

std::string sentence_of(const Trouble& trouble) {
  std::string text = begin_of(trouble);
  if (trouble.status == 0) return trouble.message.empty() ? text : text + " " + trouble.message;
  text += " It said " + std::to_string(trouble.status);
  if (!trouble.code.empty()) text += " " + trouble.code;
  if (!trouble.message.empty()) text += ": " + trouble.message;
  if (!text.ends_with('.')) text += ".";
  return text;
}

Trouble no_reply(std::string reason) { return {Trouble::Kind::unavailable, 0, {}, std::move(reason), {}}; }

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                          c == '.' || c == '_' || c == '~';
    if (is_plain) {
      encoded += c;
    } else {
      encoded += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return encoded;
}

}  // namespace rolecall::connector
