#include "okta.hpp"

// The consent of an administrator to a web app: authorization code with PKCE, then refresh tokens.

namespace rolecall::connector::okta {

Secret OktaConnector::consent_url(std::string_view domain, const ConsentRequest& request) const {
  // `offline_access` is what a refresh token is given for, and a scope of OpenID Connect, which `openid` asks for.
  std::string scopes = "openid offline_access";
  for (const std::string& scope : request.scopes) scopes += " " + scope;
  return Secret("https://" + std::string(domain) + "/oauth2/v1/authorize?response_type=code&client_id=" +
                percent_encode(request.client_id) + "&redirect_uri=" + percent_encode(request.redirect) +
                "&scope=" + percent_encode(scopes) + "&code_challenge_method=S256&code_challenge=" + request.challenge +
                "&state=" + percent_encode(request.state.expose()));
}

Call OktaConnector::code_call(const Credential& credential, const ConsentCode& code) const {
  return token_call("grant_type=authorization_code&code=" + percent_encode(code.code.expose()) + "&redirect_uri=" +
                        percent_encode(code.redirect) + "&code_verifier=" + percent_encode(code.verifier.expose()),
                    credential);
}

Call OktaConnector::refresh_call(const Credential& credential, const Secret& refresh) const {
  return token_call("grant_type=refresh_token&refresh_token=" + percent_encode(refresh.expose()), credential);
}

}  // namespace rolecall::connector::okta
