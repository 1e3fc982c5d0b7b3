// SPDX-License-Identifier: Apache-2.0
#include "core/oidc/browser_login.h"

#include "core/base/encoding.h"
#include "core/http/request_head.h"
#include "core/http/url.h"

namespace sigstore {
namespace {

std::string field(const http::Form& form, const std::string& name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string() : found->second;
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\'')
      out += "&#39;";
    else
      out += c;
  }
  return out;
}

}  // namespace

std::string BrowserLogin::authorization_url() const {
  const std::string& to = provider_.authorization_endpoint;
  const std::string challenge = secrets_.challenge();
  return concat(to, to.find('?') == std::string::npos ? "?" : "&",
                http::encode_form({{"response_type", "code"},
                                   {"client_id", kClientId},
                                   {"scope", kLoginScope},
                                   {"redirect_uri", redirect_uri_},
                                   {"code_challenge", challenge},
                                   {"code_challenge_method", "S256"},
                                   {"state", secrets_.state},
                                   {"nonce", secrets_.nonce}}));
}

Result<http::Request> BrowserLogin::token_request(
    std::string_view query) const {
  TRY_ASSIGN(const http::Form form, http::decode_form(query));
  if (field(form, "state") != secrets_.state)
    return fail(ErrorKind::unauthorized,
                "the browser came back with another login than the one that "
                "was begun here: try again");
  if (const std::string error = field(form, "error"); !error.empty())
    return login_failed(error, field(form, "error_description"));
  const std::string code = field(form, "code");
  if (code.empty())
    return fail(ErrorKind::unauthorized, "the browser came back with no code");
  return form_request(
      provider_.token_endpoint,
      http::encode_form({{"grant_type", "authorization_code"},
                         {"code", code},
                         {"redirect_uri", redirect_uri_},
                         {"client_id", kClientId},
                         {"code_verifier", secrets_.verifier}}));
}

Result<IdentityToken> BrowserLogin::read_token(
    const http::Response& answer) const {
  TRY_ASSIGN(const TokenAnswer given, read_token_answer(answer));
  TRY_ASSIGN(IdentityToken token, accept_token(given));
  // OpenID Connect Core 3.1.3.7, step 11.
  if (token.nonce() != secrets_.nonce)
    return fail(ErrorKind::unauthorized,
                "the identity token was made for another login (nonce)");
  return token;
}

std::string login_page(std::string_view title, std::string_view text) {
  const std::string escaped = escape_html(title);
  return concat(
      "<!DOCTYPE html><html lang=\"en\"><head><meta "
      "charset=\"utf-8\"><title>",
      escaped, "</title></head><body><h1>", escaped, "</h1><p>",
      escape_html(text), "</p></body></html>\n");
}

}  // namespace sigstore
