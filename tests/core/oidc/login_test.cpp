// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"
#include "core/http/request_head.h"
#include "core/oidc/base64url.h"
#include "core/oidc/browser_login.h"
#include "core/oidc/device_login.h"
#include "core/oidc/provider.h"
#include "tests/core/refuses.h"
#include "tests/support/scripted_http.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::BrowserLogin;
using sigstore::DeviceLogin;
using sigstore::discover;
using sigstore::ErrorKind;
using sigstore::Json;
using sigstore::LoginSecrets;
using sigstore::Provider;
using sigstore::Result;
using sigstore::http::decode_form;
using sigstore::http::Form;
using sigstore::http::Request;
using sigstore::http::Response;

namespace {

const std::string kIssuer = "https://issuer.example/auth";

Json document() {
  return {{"issuer", kIssuer},
          {"authorization_endpoint", kIssuer + "/authorize"},
          {"token_endpoint", kIssuer + "/token"},
          {"device_authorization_endpoint", kIssuer + "/device"}};
}

Result<Provider> discover_from(const std::string& text, int status = 200) {
  ScriptedHttp http([&](const Request& request) -> Result<Response> {
    CHECK(request.url == kIssuer + "/.well-known/openid-configuration");
    return http_answer(status, text);
  });
  return discover(http, kIssuer);
}

Provider provider() { return discover_from(document().dump()).value(); }

// RFC 7636, appendix B.
LoginSecrets secrets() {
  return {"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "the-state",
          "the-nonce"};
}

BrowserLogin browser_login() {
  return {provider(), "http://localhost:7/auth/callback", secrets()};
}

std::string token_with(const std::string& nonce) {
  const Json claims = {{"iss", "https://i"},
                       {"aud", "sigstore"},
                       {"exp", 9},
                       {"sub", "alice"},
                       {"nonce", nonce}};
  return sigstore::to_base64url(as_bytes("{}")) + "." +
         sigstore::to_base64url(as_bytes(claims.dump())) + ".c2ln";
}

Response gives(const std::string& token) {
  return http_answer(200, Json{{"id_token", token}}.dump());
}

Response says(const std::string& error, int status = 400) {
  return http_answer(status, Json{{"error", error}}.dump());
}

Form form_of(const Request& request) {
  CHECK_FALSE(request.repeatable);
  return decode_form(as_text(request.body)).value();
}

Response device_answer(Json changes = Json::object()) {
  Json answer = {{"device_code", "secret"},
                 {"user_code", "AB-CD"},
                 {"verification_uri", "https://issuer.example/d"},
                 {"expires_in", 30}};
  answer.update(changes);
  return http_answer(200, answer.dump());
}

DeviceLogin device_login(const Json& changes = Json::object()) {
  auto login =
      DeviceLogin::begin(provider(), secrets(), device_answer(changes));
  REQUIRE(works(login));
  return std::move(*login);
}

}  // namespace

TEST_CASE("a provider says where it is asked", "[oidc]") {
  const Provider one = provider();
  CHECK(one.authorization_endpoint == kIssuer + "/authorize");
  CHECK(one.token_endpoint == kIssuer + "/token");
  CHECK(one.device_endpoint == kIssuer + "/device");
}

TEST_CASE("a provider that is another one, or in the clear, is refused",
          "[oidc]") {
  Json other = document();
  other["issuer"] = "https://issuer.example/other";
  CHECK(refuses(discover_from(other.dump()), ErrorKind::network,
                "its configuration is of another issuer"));
  for (const char* name : {"authorization_endpoint", "token_endpoint",
                           "device_authorization_endpoint"}) {
    Json plain = document();
    for (const char* url : {"http://issuer.example/x", "javascript:alert(1)"}) {
      plain[name] = url;
      CHECK(refuses(discover_from(plain.dump()), ErrorKind::network,
                    std::string("its '") + name + "' is no https URL"));
    }
  }
  Json without = document();
  without.erase("token_endpoint");
  CHECK(refuses(discover_from(without.dump()), ErrorKind::network,
                "it has no 'token_endpoint'"));
  CHECK(refuses(discover_from("<html>"), ErrorKind::network, "not a JSON"));
  CHECK(refuses(discover_from("{}", 503), ErrorKind::network, "status 503"));
}

TEST_CASE("secrets of a login are new each time", "[oidc]") {
  const auto one = LoginSecrets::make();
  const auto two = LoginSecrets::make();
  REQUIRE(works(one));
  REQUIRE(works(two));
  CHECK(one->verifier.size() == 43);
  CHECK(one->state != two->state);
  CHECK(one->nonce != one->state);
  CHECK(one->nonce != two->nonce);
  CHECK(one->verifier != two->verifier);
  // RFC 7636, appendix B.
  CHECK(secrets().challenge() == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST_CASE("the browser is sent with everything, and not with the verifier",
          "[oidc]") {
  const std::string url = browser_login().authorization_url();
  REQUIRE(url.starts_with(kIssuer + "/authorize?"));
  CHECK(url.find(secrets().verifier) == std::string::npos);
  const Form form = decode_form(url.substr(url.find('?') + 1)).value();
  CHECK(form == Form{{"response_type", "code"},
                     {"client_id", "sigstore"},
                     {"scope", "openid email"},
                     {"redirect_uri", "http://localhost:7/auth/callback"},
                     {"code_challenge", secrets().challenge()},
                     {"code_challenge_method", "S256"},
                     {"state", "the-state"},
                     {"nonce", "the-nonce"}});
}

TEST_CASE("the code goes to the token endpoint, with the verifier", "[oidc]") {
  const auto request =
      browser_login().token_request("code=a%2Fb&state=the-state");
  REQUIRE(works(request));
  CHECK(request->url == kIssuer + "/token");
  CHECK(form_of(*request) ==
        Form{{"grant_type", "authorization_code"},
             {"code", "a/b"},
             {"redirect_uri", "http://localhost:7/auth/callback"},
             {"client_id", "sigstore"},
             {"code_verifier", secrets().verifier}});
}

TEST_CASE("what is not the answer to this login is not looked at", "[oidc]") {
  const BrowserLogin login = browser_login();
  for (const char* query :
       {"code=a&state=another", "code=a", "code=a&state=", "",
        "error=access_denied&error_description=x&state=another"})
    CHECK(refuses(login.token_request(query), ErrorKind::unauthorized,
                  "another login than the one that was begun here"));
  CHECK(refuses(login.token_request("code=a&state=the-state&state=the-state"),
                ErrorKind::invalid_input, "a name comes twice"));
}

TEST_CASE("a refusal is said, on one line and without its HTML", "[oidc]") {
  const auto refused = browser_login().token_request(
      "error=access_denied&error_description=%3Cscript%3E%0Ax&state=the-state");
  CHECK(refuses(refused, ErrorKind::unauthorized,
                "the login failed: access_denied (<script>\\x0ax)"));
  CHECK(refuses(browser_login().token_request("state=the-state"),
                ErrorKind::unauthorized, "with no code"));
  const std::string page =
      sigstore::login_page("No", refused.error().message + "\"'&");
  CHECK(page.find("<script>") == std::string::npos);
  CHECK(page.find("&lt;script&gt;\\x0ax)&quot;&#39;&amp;") !=
        std::string::npos);
}

TEST_CASE("a token is of this login", "[oidc]") {
  const BrowserLogin login = browser_login();
  const auto token = login.read_token(gives(token_with("the-nonce")));
  REQUIRE(works(token));
  CHECK(token->subject() == "alice");
  for (const std::string nonce : {"another", ""})
    CHECK(refuses(login.read_token(gives(token_with(nonce))),
                  ErrorKind::unauthorized, "for another login (nonce)"));
  CHECK(refuses(login.read_token(says("invalid_grant")),
                ErrorKind::unauthorized, "the login failed: invalid_grant"));
  CHECK(refuses(login.read_token(says("invalid_grant", 200)),
                ErrorKind::unauthorized, "the login failed: invalid_grant"));
  const auto odd = login.read_token(http_answer(200, "secret"));
  CHECK(refuses(odd, ErrorKind::network, "answers 200, and no JSON"));
  CHECK(odd.error().message.find("secret") == std::string::npos);
  CHECK(refuses(login.read_token(http_answer(500, "{}")), ErrorKind::network,
                "answers 500, and no identity token"));
}

TEST_CASE("a device login shows an address and a code", "[oidc]") {
  const Request start = DeviceLogin::start_request(provider(), secrets());
  CHECK(start.url == kIssuer + "/device");
  CHECK(form_of(start) == Form{{"client_id", "sigstore"},
                               {"scope", "openid email"},
                               {"code_challenge", secrets().challenge()},
                               {"code_challenge_method", "S256"}});
  DeviceLogin login = device_login();
  CHECK(login.verification_uri() == "https://issuer.example/d");
  CHECK(login.user_code() == "AB-CD");
  CHECK(form_of(login.poll_request()) ==
        Form{{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
             {"device_code", "secret"},
             {"client_id", "sigstore"},
             {"code_verifier", secrets().verifier}});
  // RFC 8628 3.2: "If no value is provided, clients MUST use 5".
  CHECK(login.next_wait() == std::chrono::seconds(5));
}

TEST_CASE("a device login waits as it is told, and not for ever", "[oidc]") {
  using std::chrono::seconds;
  DeviceLogin login = device_login({{"interval", 7}});  // of 30 seconds
  CHECK(login.next_wait() == seconds(7));               // 23 left
  CHECK_FALSE(login.read_poll(says("authorization_pending"))->has_value());
  CHECK(login.next_wait() == seconds(7));  // 16
  CHECK_FALSE(login.read_poll(says("slow_down"))->has_value());
  CHECK(login.next_wait() == seconds(12));  // 4
  const Result<Response> nobody = sigstore::fail(ErrorKind::network, "x");
  CHECK_FALSE(login.read_poll(nobody)->has_value());
  CHECK(login.next_wait() == std::nullopt);
}

TEST_CASE("a device login ends", "[oidc]") {
  DeviceLogin login = device_login();
  CHECK(refuses(login.read_poll(says("access_denied")), ErrorKind::unauthorized,
                "the login failed: access_denied"));
  CHECK(refuses(login.read_poll(says("expired_token")), ErrorKind::unauthorized,
                "before the code expired"));
  const Result<Response> worse = sigstore::fail(ErrorKind::internal, "x");
  CHECK(refuses(login.read_poll(worse), ErrorKind::internal, "x"));
  const auto token = login.read_poll(gives(token_with("")));
  REQUIRE(works(token));
  CHECK((*token)->subject() == "alice");
}

TEST_CASE("what a device login shows is fit to be shown", "[oidc]") {
  const auto begin = [](const Json& changes) {
    return DeviceLogin::begin(provider(), secrets(), device_answer(changes));
  };
  CHECK(refuses(begin({{"verification_uri", "javascript:x"}}),
                ErrorKind::network, "its address is no https URL"));
  CHECK(refuses(begin({{"verification_uri", "http://issuer.example/d"}}),
                ErrorKind::network, "its address is no https URL"));
  CHECK(refuses(begin({{"user_code", ""}}), ErrorKind::network,
                "it gives no code"));
  CHECK(refuses(begin({{"user_code", std::string(65, 'x')}}),
                ErrorKind::network, "it gives no code"));
  CHECK(refuses(begin({{"interval", -1}}), ErrorKind::network, "'interval'"));
  CHECK(device_login({{"user_code", "A\x1b["}}).user_code() == "A\\x1b[");
  CHECK(refuses(DeviceLogin::begin(provider(), secrets(), says("x")),
                ErrorKind::network, "status 400"));
}
