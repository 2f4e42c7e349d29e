#include "rolecall/connector/session.hpp"

#include <algorithm>
#include <utility>

namespace rolecall::connector {

Session::Session(const Connector& connector, Credential credential, std::vector<std::string> scopes, const Clock& clock,
                 Send send, Prover prover)
    : connector_(connector),
      credential_(std::move(credential)),
      scopes_(std::move(scopes)),
      clock_(clock),
      send_(std::move(send)),
      prover_(std::move(prover)) {}

Answer<const Access*> Session::open() {
  if (access_ && (!access_->ends || clock_.now() < *access_->ends)) return &*access_;
  auto access = ask();
  if (!access) return tl::unexpected(std::move(access).error());
  access_ = std::move(*access);
  return &*access_;
}

Answer<Access> Session::ask() {
  if (prover_.renew) return prover_.renew(rejected_);
  const auto make = [this]() -> Answer<std::optional<Call>> {
    const Proof proof{prover_.domain, clock_.now(), prover_.ids != nullptr ? prover_.ids->next() : std::string(),
                      prover_.signer};
    return connector_.access_call(credential_, scopes_, proof);
  };
  auto first = make();
  if (!first) return tl::unexpected(std::move(first).error());
  if (!*first) return connector_.direct_access(credential_);
  const auto next = [&]() -> Answer<Call> {
    if (*first) return std::move(*std::exchange(*first, std::nullopt));
    auto again = make();
    if (!again) return tl::unexpected(std::move(again).error());
    return std::move(**again);
  };
  Secret key =
      prover_.possession != nullptr ? prover_.possession->key_of(prover_.domain, credential_.client_id) : Secret();
  return ask_for_access(connector_, next, send_, clock_, prover_, credential_.client_id, std::move(key));
}

Answer<Call> Session::authorize(Call call, const Access& access) const {
  const std::string& value = access.authorization.expose();
  call.headers.emplace_back("Authorization", value);
  if (access.key.empty()) return call;
  return with_proof(std::move(call), prover_, access.key, std::string_view(value).substr(value.find(' ') + 1),
                    clock_.now());
}

Answer<Reply> Session::call(const Call& call) {
  for (bool is_repeat = false;; is_repeat = true) {
    const auto access = open();
    if (!access) return tl::unexpected(access.error());
    const auto authorized = authorize(call, **access);
    if (!authorized) return tl::unexpected(authorized.error());
    auto reply = send_(*authorized);
    if (!reply || !(*access)->ends) return reply;
    const bool is_bound = !(*access)->key.empty();
    const bool has_nonce = is_bound && prover_.possession->keep_nonce(prover_.domain, *reply);
    // Not the token is at fault, and a call that was refused for it has done nothing.
    const bool wants_nonce = is_bound && reply->status == 401 && wish_of(*reply) == Wish::nonce;
    if (wants_nonce) {
      if (is_repeat || !has_nonce) return reply;
      continue;
    }
    const auto trouble = connector_.trouble_of(*reply, clock_.now());
    if (!trouble || trouble->kind != Trouble::Kind::unauthorized) return reply;
    if (is_repeat) return reply;
    rejected_ = (*access)->authorization;
    access_.reset();
  }
}

void Session::hide_secrets(Trouble& trouble) const {
  std::vector<std::string_view> secrets{credential_.secret.expose()};
  if (access_) {
    const std::string_view value = access_->authorization.expose();
    secrets.push_back(value.substr(value.find(' ') + 1));
  }
  hide(trouble, secrets);
}

namespace {

bool holds(const std::vector<std::string>& scopes, std::string_view scope) {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

/// About this scope alone: the others may still work.
bool is_of_scope(Trouble::Kind kind) {
  return kind == Trouble::Kind::missing_scope || kind == Trouble::Kind::missing_role;
}

Tested try_everything(Session& session, const std::vector<std::string>& scopes) {
  const Connector& connector = session.connector();
  Tested tested;
  const auto access = session.open();
  if (!access) {
    tested.trouble = access.error();
    tested.is_usable = false;
    return tested;
  }
  for (const std::string& scope : scopes) {
    if (holds((*access)->scopes, scope)) tested.granted.push_back(scope);
  }
  for (const Scope& scope : connector.scopes()) {
    const bool is_wanted = scopes.empty() ? scope.is_default : holds(scopes, scope.name);
    const auto probe = is_wanted ? connector.probe(scope.name) : std::nullopt;
    if (!probe) continue;
    const auto reply = session.call(*probe);
    auto trouble = reply ? connector.trouble_of(*reply, session.clock().now()) : std::optional(reply.error());
    if (!trouble) continue;
    std::erase(tested.granted, scope.name);
    const bool goes_on = is_of_scope(trouble->kind);
    if (scope.is_mandatory) tested.is_usable = false;
    if (!tested.trouble || !goes_on) tested.trouble = std::move(*trouble);
    if (!goes_on) break;
  }
  return tested;
}

}  // namespace

Tested test_access(Session& session, const std::vector<std::string>& scopes) {
  Tested tested = try_everything(session, scopes);
  if (tested.trouble) session.hide_secrets(*tested.trouble);
  return tested;
}

}  // namespace rolecall::connector
