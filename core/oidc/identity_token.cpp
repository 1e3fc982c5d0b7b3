// SPDX-License-Identifier: Apache-2.0
#include "core/oidc/identity_token.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/crypto/private_key.h"
#include "core/oidc/base64url.h"

namespace sigstore {
namespace {

constexpr std::int64_t kClockSkewSeconds = 5;
// JSON numbers of seconds; later ones are nobody's.
constexpr std::int64_t kLastSecond = 253'402'300'799;  // year 9999

Error malformed(std::string_view why) {
  return fail(ErrorKind::invalid_input, "identity token: ", why);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// header.payload.signature (RFC 7515 section 7.1)
Result<std::array<std::string_view, 3>> split(std::string_view text) {
  const std::size_t first = text.find('.');
  const std::size_t second = text.find('.', std::min(first, text.size()) + 1);
  if (second == std::string_view::npos ||
      text.find('.', second + 1) != std::string_view::npos)
    return malformed("it does not have three parts");
  return std::array<std::string_view, 3>{
      text.substr(0, first), text.substr(first + 1, second - first - 1),
      text.substr(second + 1)};
}

// RFC 7519 section 2, NumericDate. Fractions are allowed there and left out.
Result<Timestamp> time_claim(const Json& claims, const char* name) {
  const Json* value = find_member(claims, name);
  if (value == nullptr) return Timestamp{};
  if (!value->is_number()) return malformed(concat("'", name, "' is no time"));
  const double seconds = value->get<double>();
  if (!(seconds >= 0 && seconds <= static_cast<double>(kLastSecond)))
    return malformed(concat("'", name, "' is no time"));
  return Timestamp{static_cast<std::int64_t>(seconds)};
}

// A string, or a list of them (RFC 7519 section 4.1.3).
Result<std::vector<std::string>> audience_claim(const Json& claims) {
  const Json* value = find_member(claims, "aud");
  if (value == nullptr) return malformed("it has no 'aud'");
  std::vector<std::string> audiences;
  if (value->is_string()) {
    audiences.push_back(value->get<std::string>());
    return audiences;
  }
  if (!value->is_array()) return malformed("'aud' is no string");
  for (const Json& item : *value) {
    if (!item.is_string()) return malformed("'aud' is no string");
    audiences.push_back(item.get<std::string>());
  }
  return audiences;
}

// Some issuers write the word.
bool is_true(const Json* value) {
  return value != nullptr && (*value == true || *value == "true");
}

Result<std::string> name_claim(const Json& claims, const char* name) {
  TRY_ASSIGN(std::string text, optional_string(claims, name));
  if (printable(text) != text)
    return malformed(concat("'", name, "' has control characters"));
  return text;
}

std::string list(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items)
    out += concat(out.empty() ? "'" : ", '", item, "'");
  return out.empty() ? "nobody" : out;
}

}  // namespace

IdentityToken::~IdentityToken() { wipe(secret_); }

Result<void> IdentityToken::read_claims(std::string_view payload) {
  const Result<Bytes> decoded = from_base64url(payload);
  if (!decoded.ok()) return malformed("its claims are not base64url");
  // A parser's words could show what is in it.
  const Result<Json> claims = parse_json(as_text(*decoded));
  if (!claims.ok() || !claims->is_object())
    return malformed("its claims are not a JSON object");
  TRY_ASSIGN(issuer_, name_claim(*claims, "iss"));
  TRY_ASSIGN(subject_, name_claim(*claims, "sub"));
  if (issuer_.empty()) return malformed("it has no 'iss'");
  if (subject_.empty()) return malformed("it has no 'sub'");
  if (is_true(find_member(*claims, "email_verified"))) {
    TRY_ASSIGN(email_, name_claim(*claims, "email"));
  }
  if (const Json* federated = find_member(*claims, "federated_claims");
      federated != nullptr && federated->is_object()) {
    TRY_ASSIGN(federated_issuer_, name_claim(*federated, "connector_id"));
  }
  TRY_ASSIGN(nonce_, optional_string(*claims, "nonce"));
  TRY_ASSIGN(audiences_, audience_claim(*claims));
  if (find_member(*claims, "exp") == nullptr)
    return malformed("it has no 'exp'");
  TRY_ASSIGN(expires_, time_claim(*claims, "exp"));
  TRY_ASSIGN(const Timestamp not_before, time_claim(*claims, "nbf"));
  TRY_ASSIGN(const Timestamp issued, time_claim(*claims, "iat"));
  not_before_ = std::max(not_before, issued);
  return {};
}

Result<IdentityToken> IdentityToken::parse(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return malformed("it is empty");
  if (text.size() > limits::kIdentityToken) return malformed("it is too long");
  TRY_ASSIGN(const auto parts, split(text));
  for (const std::string_view part : parts)
    if (part.empty() || !from_base64url(part).ok())
      return malformed("its parts are not base64url");
  IdentityToken token;
  token.secret_ = to_bytes(text);
  TRY(token.read_claims(parts[1]));
  return token;
}

Result<void> IdentityToken::check(std::string_view audience,
                                  Timestamp now) const {
  if (std::find(audiences_.begin(), audiences_.end(), audience) ==
      audiences_.end())
    return fail(ErrorKind::unauthorized, "the identity token is for ",
                list(audiences_), ", and not for '", audience,
                "': ask its issuer for one with audience ", audience);
  if (expires_.seconds + kClockSkewSeconds < now.seconds)
    return fail(ErrorKind::unauthorized, "the identity token expired at ",
                expires_.to_rfc3339(), ", and the clock here says ",
                now.to_rfc3339(), ": get a new one");
  if (not_before_.seconds - kClockSkewSeconds > now.seconds)
    return fail(ErrorKind::unauthorized, "the identity token is valid from ",
                not_before_.to_rfc3339(), " on, and the clock here says ",
                now.to_rfc3339(), ": set the clock");
  return {};
}

bool IdentityToken::is_in(std::string_view text) const {
  constexpr std::size_t kTelling = 16;
  const Result<std::array<std::string_view, 3>> parts = split(reveal_secret());
  return std::any_of(parts->begin(), parts->end(), [&](std::string_view part) {
    return text.find(part.substr(0, kTelling)) != std::string_view::npos;
  });
}

}  // namespace sigstore
