#include "rolecall/json/parse.hpp"

#include <stdexcept>

#include "tree_builder.hpp"

// RapidJSON 1.1.0 is from 2016: a broken assumption inside it must become an error of this request, not an abort.
#define RAPIDJSON_ASSERT(condition) \
  if (!(condition)) throw std::logic_error("RapidJSON assertion: " #condition)
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace rolecall::json {
namespace {

// Iterative: the recursive parser overflows the stack. Validated encoding: otherwise any byte passes. Numbers as
// strings: its conversion to double reads out of bounds on crafted exponents.
constexpr unsigned kFlags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;

/// Hands the events of RapidJSON to the builder, each with the offset where the stream stands.
class Bridge {
 public:
  Bridge(TreeBuilder& builder, const rapidjson::MemoryStream& stream) : builder_(builder), stream_(stream) {}

  bool Null() { return builder_.add_value(nullptr, stream_.Tell()); }
  bool Bool(bool value) { return builder_.add_value(value, stream_.Tell()); }
  bool RawNumber(const char*, rapidjson::SizeType length, bool) { return builder_.add_number(length, stream_.Tell()); }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    return builder_.add_string({text, length}, stream_.Tell());
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    return builder_.add_name({text, length}, stream_.Tell());
  }
  bool StartObject() { return builder_.open_object(stream_.Tell()); }
  bool EndObject(rapidjson::SizeType) { return builder_.close(); }
  bool StartArray() { return builder_.open_array(stream_.Tell()); }
  bool EndArray(rapidjson::SizeType) { return builder_.close(); }

  // Not called while numbers are handed over as strings.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

 private:
  TreeBuilder& builder_;
  const rapidjson::MemoryStream& stream_;
};

/// Our words, because an administrator reads them; RapidJSON's own speak of "singular roots".
const char* words_for(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorDocumentEmpty:
      return "there is no JSON document";
    case rapidjson::kParseErrorDocumentRootNotSingular:
      return "something follows the document";
    case rapidjson::kParseErrorValueInvalid:
      return "a value was expected";
    case rapidjson::kParseErrorObjectMissName:
      return "a member name in quotes was expected";
    case rapidjson::kParseErrorObjectMissColon:
      return "a colon was expected after the member name";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
      return "a comma or } was expected";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return "a comma or ] was expected";
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
      return "\\u needs four hexadecimal digits";
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
      return "half of a surrogate pair in a string";
    case rapidjson::kParseErrorStringEscapeInvalid:
      return "an unknown escape or a raw control character in a string";
    case rapidjson::kParseErrorStringMissQuotationMark:
      return "a string without its closing quote";
    case rapidjson::kParseErrorStringInvalidEncoding:
      return "bytes that are not UTF-8";
    case rapidjson::kParseErrorNumberTooBig:
      return "a number too big to represent";
    case rapidjson::kParseErrorNumberMissFraction:
      return "digits were expected after the decimal point";
    case rapidjson::kParseErrorNumberMissExponent:
      return "digits were expected in the exponent";
    default:
      return "not a JSON document";
  }
}

tl::unexpected<Error> refuse(const std::string& complaint, std::size_t offset) {
  return fail(ErrorCode::invalid_syntax, "Invalid JSON at byte " + std::to_string(offset) + ": " + complaint + ".");
}

/// At least as many as there are values: what is between commas, and what is opened. Does not stop at what is no JSON.
std::size_t most_values_in(std::string_view bytes) {
  std::size_t count = 1;
  bool in_string = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (c == '"') {
      in_string = !in_string;
    } else if (in_string) {
      if (c == '\\') ++i;
    } else if (c == ',' || c == '[' || c == '{') {
      ++count;
    }
  }
  return count;
}

/// A tree costs far more than its text where values are short, so that no tree is begun for a long text full of them.
bool is_too_dense(std::string_view bytes, const Limits& limits) {
  const bool may_be = bytes.size() / 2 > limits.free_nodes;  // a value has a byte, and one between it and the next
  return may_be && most_values_in(bytes) > limits.free_nodes + bytes.size() / limits.bytes_per_node;
}

}  // namespace

Result<Value> parse(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.bytes) {
    return refuse("the document is longer than " + std::to_string(limits.bytes) + " bytes", limits.bytes);
  }
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") return refuse("a byte order mark is not part of JSON", 0);
  // For RapidJSON a NUL byte ends the document, and what follows it would not be seen.
  if (const auto nul = bytes.find('\0'); nul != std::string_view::npos) return refuse("a NUL byte", nul);
  if (is_too_dense(bytes, limits)) {
    const std::size_t allowed = limits.free_nodes + bytes.size() / limits.bytes_per_node;
    return refuse("more than " + std::to_string(allowed) + " values in a document of this length", 0);
  }
  try {
    rapidjson::MemoryStream stream(bytes.data(), bytes.size());
    TreeBuilder builder(bytes, limits);
    Bridge bridge(builder, stream);
    rapidjson::Reader reader;
    const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, bridge);
    if (builder.refused()) return refuse(builder.complaint(), builder.complaint_offset());
    if (result.IsError()) return refuse(words_for(result.Code()), result.Offset());
    return builder.take_root();
  } catch (const std::logic_error& broken) {
    return internal_error(broken.what());
  }
}

}  // namespace rolecall::json
