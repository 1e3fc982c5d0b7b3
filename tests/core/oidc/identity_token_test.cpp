// SPDX-License-Identifier: Apache-2.0
#include "core/oidc/identity_token.h"

#include <type_traits>

#include "core/oidc/base64url.h"
#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::ErrorKind;
using sigstore::from_base64url;
using sigstore::IdentityToken;
using sigstore::kSigstoreAudience;
using sigstore::Timestamp;
using sigstore::to_base64url;

namespace {

constexpr std::int64_t kNow = 1'750'000'000;

std::string make_token(std::string_view claims) {
  return to_base64url(as_bytes(R"({"alg":"RS256"})")) + "." +
         to_base64url(as_bytes(claims)) + "." +
         to_base64url(as_bytes("signature"));
}

std::string claims(std::string_view more) {
  return R"({"iss":"https://issuer.example.org","sub":"1234","exp":1750000060)" +
         std::string(more) + "}";
}

}  // namespace

TEST_CASE("a token says who it is for, and until when", "[oidc]") {
  const auto token = IdentityToken::parse(
      " " +
      make_token(claims(R"(,"aud":"sigstore","email":"a@example.org",)"
                        R"("email_verified":true,"nonce":"n","iat":1750000000,)"
                        R"("federated_claims":{"connector_id":"https://c"})")) +
      "\r\n");
  REQUIRE(works(token));
  CHECK(token->issuer() == "https://issuer.example.org");
  CHECK(token->subject() == "1234");
  CHECK(token->email() == "a@example.org");
  CHECK(token->identity() == "a@example.org");
  CHECK(token->nonce() == "n");
  CHECK(token->federated_issuer() == "https://c");
  CHECK(token->expires() == Timestamp{kNow + 60});
  CHECK(works(token->check(kSigstoreAudience, Timestamp{kNow})));
  CHECK(token->reveal_secret().find(' ') == std::string_view::npos);
}

TEST_CASE("an e-mail address counts only when it is verified", "[oidc]") {
  const auto identity = [](std::string_view verified) {
    auto token = IdentityToken::parse(make_token(claims(
        R"(,"aud":"x","email":"a@example.org")" + std::string(verified))));
    REQUIRE(works(token));
    return token->identity();
  };
  CHECK(identity(R"(,"email_verified":true)") == "a@example.org");
  CHECK(identity(R"(,"email_verified":"true")") == "a@example.org");
  CHECK(identity(R"(,"email_verified":false)") == "1234");
  CHECK(identity(R"(,"email_verified":"false")") == "1234");
  CHECK(identity(R"(,"email_verified":1)") == "1234");
  CHECK(identity("") == "1234");
}

TEST_CASE("a token for somebody else is refused", "[oidc]") {
  const auto check = [](std::string_view audience) {
    auto token = IdentityToken::parse(
        make_token(claims(",\"aud\":" + std::string(audience))));
    REQUIRE(works(token));
    return token->check(kSigstoreAudience, Timestamp{kNow});
  };
  CHECK(works(check(R"("sigstore")")));
  CHECK(works(check(R"(["other","sigstore"])")));
  for (const char* audience : {R"("other")", R"([])", R"(["sigstore.other"])",
                               R"("sigstor")", R"("Sigstore")"}) {
    CAPTURE(audience);
    CHECK(refuses(check(audience), ErrorKind::unauthorized,
                  "and not for 'sigstore'"));
  }
}

TEST_CASE("a token outside of its time is refused, and says so", "[oidc]") {
  const auto check = [](std::string_view more, std::int64_t now) {
    auto token = IdentityToken::parse(
        make_token(claims(R"(,"aud":"sigstore")" + std::string(more))));
    REQUIRE(works(token));
    return token->check(kSigstoreAudience, Timestamp{now});
  };
  CHECK(works(check("", kNow + 65)));
  CHECK(refuses(check("", kNow + 66), ErrorKind::unauthorized,
                "expired at 2025-06-15T15:07:40Z, and the clock here says "
                "2025-06-15T15:07:46Z: get a new one"));
  CHECK(works(check(R"(,"nbf":1750000010)", kNow + 5)));
  CHECK(refuses(check(R"(,"nbf":1750000010)", kNow + 4),
                ErrorKind::unauthorized, "set the clock"));
  CHECK(refuses(check(R"(,"iat":1750000010)", kNow + 4),
                ErrorKind::unauthorized, "set the clock"));
  CHECK(works(check(R"(,"iat":1750000000.75)", kNow)));
}

TEST_CASE("what is no token is refused without a word of it", "[oidc]") {
  const std::string good = make_token(claims(R"(,"aud":"sigstore")"));
  REQUIRE(works(IdentityToken::parse(good)));
  const std::string secret = "c2VjcmV0";  // "secret"
  for (const std::string& text :
       {std::string(),
        secret,
        secret + "." + secret,
        good + "." + secret,
        "." + good,
        good.substr(0, good.rfind('.') + 1),
        secret + ".!." + secret,
        secret + "." + secret + "." + secret,
        make_token("[]"),
        make_token(claims("") + "x"),
        make_token(R"({"iss":"i","sub":"secret","aud":"a"})"),
        make_token(R"({"iss":"i","aud":"secret","exp":1})"),
        make_token(R"({"sub":"secret","aud":"a","exp":1})"),
        make_token(claims("")),
        make_token(claims(R"(,"aud":7)")),
        make_token(claims(R"(,"aud":[7])")),
        make_token(R"({"iss":"i","sub":"s\n","aud":"a","exp":1})"),
        make_token(R"({"iss":"i","sub":"secret","aud":"a","exp":-1})"),
        make_token(R"({"iss":"i","sub":"secret","aud":"a","exp":1e300})"),
        make_token(R"({"iss":"i","sub":"secret","aud":"a","exp":"1"})"),
        std::string(70'000, 'a')}) {
    CAPTURE(text);
    const auto token = IdentityToken::parse(text);
    CHECK(refuses(token, ErrorKind::invalid_input, ""));
    if (token.ok()) continue;
    CHECK(token.error().message.find("secret") == std::string::npos);
    CHECK(token.error().message.find(secret) == std::string::npos);
  }
}

TEST_CASE("a token can neither be copied nor printed", "[oidc]") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<IdentityToken>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<IdentityToken, std::string_view>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<IdentityToken, std::string>);
}

TEST_CASE("a token is found in a text, and a piece of it too", "[oidc]") {
  const std::string text = make_token(claims(R"(,"aud":"sigstore")"));
  const auto token = IdentityToken::parse(text);
  REQUIRE(works(token));
  CHECK_FALSE(token->is_in("nothing special"));
  CHECK(token->is_in("bad token " + text));
  CHECK(token->is_in("bad token " + text.substr(0, 40) + "..."));
  CHECK(token->is_in("claims " +
                     to_base64url(as_bytes(claims(""))).substr(0, 30)));
}

TEST_CASE("base64url is strict, and has no padding", "[oidc]") {
  CHECK(to_base64url(as_bytes("\xFB\xFF\xFE")) == "-__-");
  CHECK(to_base64url(as_bytes("a")) == "YQ");
  CHECK(*from_base64url("YQ") == sigstore::to_bytes("a"));
  CHECK(*from_base64url("-__-") == sigstore::to_bytes("\xFB\xFF\xFE"));
  for (const char* text : {"YQ==", "+//+", "YR", "Y", "Y Q"})
    CHECK(refuses(from_base64url(text), ErrorKind::invalid_input, "base64"));
}
