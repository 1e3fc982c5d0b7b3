// SPDX-License-Identifier: Apache-2.0
#include "core/oidc/provider.h"

#include <utility>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/crypto/random.h"
#include "core/http/url.h"
#include "core/oidc/base64url.h"

namespace sigstore {
namespace {

constexpr std::size_t kShownWords = 200;

Error bad_provider(const std::string& issuer, std::string_view why) {
  return fail(ErrorKind::network, "identity provider ", http::origin_of(issuer),
              ": ", why);
}

Result<std::string> endpoint(const std::string& issuer, const Json& document,
                             std::string_view name) {
  TRY_ASSIGN(std::string url, optional_string(document, name));
  if (url.empty()) return url;
  const Result<http::Url> parsed = http::Url::parse(url);
  if (!parsed.ok() || (!parsed->is_tls && !parsed->is_loopback()))
    return bad_provider(issuer, concat("its '", name, "' is no https URL"));
  return url;
}

std::string for_people(std::string_view text) {
  return printable(text.substr(0, kShownWords));
}

Result<std::string> random_text() {
  TRY_ASSIGN(const Bytes bytes, random_bytes(32));
  return to_base64url(bytes);
}

}  // namespace

Result<Provider> discover(http::Client& client, const std::string& issuer) {
  http::Request request;
  request.url = http::join_url(issuer, ".well-known/openid-configuration");
  request.repeatable = true;
  TRY_ASSIGN(const http::Response answer,
             client.send(request).context("identity provider"));
  if (answer.status != 200)
    return bad_provider(issuer, concat("status ", answer.status));
  const Result<Json> document = parse_json(as_text(answer.body));
  if (!document.ok() || !document->is_object())
    return bad_provider(issuer, "its configuration is not a JSON object");
  // Discovery 4.3: "The issuer value returned MUST be identical".
  const Result<std::string> named = optional_string(*document, "issuer");
  if (!named.ok() || *named != issuer)
    return bad_provider(issuer, "its configuration is of another issuer");
  Provider provider{issuer, {}, {}, {}};
  TRY_ASSIGN(provider.authorization_endpoint,
             endpoint(issuer, *document, "authorization_endpoint"));
  TRY_ASSIGN(provider.token_endpoint,
             endpoint(issuer, *document, "token_endpoint"));
  TRY_ASSIGN(provider.device_endpoint,
             endpoint(issuer, *document, "device_authorization_endpoint"));
  if (provider.token_endpoint.empty())
    return bad_provider(issuer, "it has no 'token_endpoint'");
  return provider;
}

http::Request form_request(const std::string& url, const std::string& form) {
  http::Request request;
  request.method = http::Method::post;
  request.url = url;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  request.body = to_bytes(form);
  return request;
}

// A parser's words could show what is in it.
Result<TokenAnswer> read_token_answer(const http::Response& answer) {
  const Result<Json> json = parse_json(as_text(answer.body));
  if (!json.ok() || !json->is_object())
    return fail(ErrorKind::network, "the identity provider answers ",
                answer.status, ", and no JSON");
  const Result<std::string> error = optional_string(*json, "error");
  const Result<std::string> description =
      optional_string(*json, "error_description");
  const Result<std::string> token = optional_string(*json, "id_token");
  if (!error.ok() || !description.ok() || !token.ok())
    return fail(ErrorKind::network,
                "the identity provider answers with malformed members");
  TokenAnswer out{for_people(*error), for_people(*description)};
  if (!out.error.empty()) return out;
  if (answer.status != 200 || token->empty())
    return fail(ErrorKind::network, "the identity provider answers ",
                answer.status, ", and no identity token");
  out.token = *token;
  return out;
}

Result<IdentityToken> accept_token(const TokenAnswer& answer) {
  if (!answer.error.empty())
    return login_failed(answer.error, answer.description);
  return IdentityToken::parse(answer.token);
}

Error login_failed(std::string_view error, std::string_view description) {
  const std::string words =
      description.empty() ? "" : concat(" (", for_people(description), ")");
  return fail(ErrorKind::unauthorized, "the login failed: ", for_people(error),
              words);
}

Result<LoginSecrets> LoginSecrets::make() {
  LoginSecrets secrets;
  TRY_ASSIGN(secrets.verifier, random_text());
  TRY_ASSIGN(secrets.state, random_text());
  TRY_ASSIGN(secrets.nonce, random_text());
  return secrets;
}

std::string LoginSecrets::challenge() const {
  return to_base64url(sha256(as_bytes(verifier)).bytes);
}

}  // namespace sigstore
