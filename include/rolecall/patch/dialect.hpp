#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rolecall/base/result.hpp"
#include "rolecall/json/value.hpp"
#include "rolecall/patch/message.hpp"
#include "rolecall/schema/registry.hpp"

namespace rolecall::patch {

/// Which oddities of clients are understood. Each is one rule in `src/patch/dialect/` (the last two in `src/bulk` and
/// beside the media types of `src/api`), which rewrites a request before the standard engine sees it; all off is
/// RFC 7643 and RFC 7644.
struct Dialect {
  std::string name;
  // The PatchOp message.
  bool bare_message = false;
  bool capital_ops = false;
  // Names of attributes and schemas.
  bool loose_schemas = false;
  bool draft_urns = false;
  bool dotted_urns = false;
  bool keys_as_paths = false;
  bool unknown_keys = false;
  // What an operation is on.
  bool own_id = false;
  bool read_only_echo = false;
  bool listed_values = false;
  bool creates_on_replace = false;
  // Values, in POST and PUT as well.
  bool text_elements = false;
  bool wrapped_values = false;
  bool bare_values = false;
  bool text_booleans = false;
  bool one_primary = false;
  // Filters, in the query as well as in paths.
  bool text_literals = false;
  bool bare_words = false;
  bool complex_as_value = false;
  // Operations of a bulk request.
  bool loose_bulk = false;
  // Headers.
  bool any_accept = false;
};

/// The switch of one rule. A rule is called in logs and documents as its file is.
struct Rule {
  std::string_view name;
  bool Dialect::*is_on;
};

/// Names of the rules that changed a request, each once, in the order in which they ran.
using AppliedRules = std::vector<std::string>;

/// All there are.
[[nodiscard]] std::span<const Rule> rules();

/// RFC 7643 and RFC 7644, nothing else.
[[nodiscard]] Dialect strict_dialect();
[[nodiscard]] Dialect okta_dialect();
/// By the name a connection carries. There is no other one for a name that is not known.
[[nodiscard]] Result<Dialect> find_dialect(std::string_view name);
/// The one list of names: strict, generic, then the clients.
[[nodiscard]] std::span<const std::string_view> dialect_names();
/// "strict, generic, okta …", for sentences.
[[nodiscard]] std::string dialect_list();

/// Rewriting never changes anything the second time. Where a rule is off and the standard engine would pass over the
/// oddity, the request is refused here. Names of rules that changed something are added to `applied` when it is given.

/// A PatchOp message, before `parse_message`.
[[nodiscard]] Result<void> rewrite_message(json::Value& body, const Dialect& dialect, AppliedRules* applied = nullptr);

/// The operations of a message. `own_id` is the id of the resource being patched. Part of `resolve`.
[[nodiscard]] Result<std::vector<RawOperation>> rewrite(std::vector<RawOperation> operations,
                                                        const schema::ResourceType& type, const Dialect& dialect,
                                                        std::string_view own_id, AppliedRules* applied = nullptr);

/// The resource of a POST or PUT.
[[nodiscard]] Result<void> rewrite_resource(json::Object& resource, const schema::ResourceType& type,
                                            const Dialect& dialect, AppliedRules* applied = nullptr);

/// The filter of a query.
[[nodiscard]] std::string rewrite_filter(std::string_view text, const schema::ResourceType& type,
                                         const Dialect& dialect, AppliedRules* applied = nullptr);

}  // namespace rolecall::patch
