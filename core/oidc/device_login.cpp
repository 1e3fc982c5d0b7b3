// SPDX-License-Identifier: Apache-2.0
#include "core/oidc/device_login.h"

#include <algorithm>
#include <cstdint>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/http/url.h"

namespace sigstore {
namespace {

constexpr std::chrono::seconds kSlower{5};
// A code that nobody typed in half an hour will not be typed.
constexpr std::int64_t kLongestLife = 1800;
constexpr std::int64_t kLongestInterval = 60;
constexpr std::int64_t kDefaultInterval = 5;
constexpr std::size_t kUserCode = 64;

Error bad_answer(std::string_view why) {
  return fail(ErrorKind::network,
              "the identity provider's device login: ", why);
}

Result<std::string> readable_uri(const Json& json) {
  TRY_ASSIGN(std::string uri,
             optional_string(json, "verification_uri_complete"));
  if (uri.empty()) {
    TRY_ASSIGN(uri, optional_string(json, "verification_uri"));
  }
  const Result<http::Url> url = http::Url::parse(uri);
  if (!url.ok() || (!url->is_tls && !url->is_loopback()))
    return bad_answer("its address is no https URL");
  return uri;
}

Result<std::chrono::seconds> seconds_of(const Json& json, std::string_view name,
                                        std::int64_t otherwise,
                                        std::int64_t longest) {
  if (find_member(json, name) == nullptr)
    return std::chrono::seconds(otherwise);
  const Result<std::int64_t> value = positive_member(json, name);
  if (!value.ok()) return bad_answer(value.error().message);
  return std::chrono::seconds(std::min(*value, longest));
}

}  // namespace

http::Request DeviceLogin::start_request(const Provider& provider,
                                         const LoginSecrets& secrets) {
  const std::string challenge = secrets.challenge();
  return form_request(provider.device_endpoint,
                      http::encode_form({{"client_id", kClientId},
                                         {"scope", kLoginScope},
                                         {"code_challenge", challenge},
                                         {"code_challenge_method", "S256"}}));
}

Result<DeviceLogin> DeviceLogin::begin(const Provider& provider,
                                       LoginSecrets secrets,
                                       const http::Response& answer) {
  const Result<Json> json = parse_json(as_text(answer.body));
  if (answer.status != 200 || !json.ok() || !json->is_object())
    return bad_answer(concat("status ", answer.status));
  DeviceLogin login;
  login.token_endpoint_ = provider.token_endpoint;
  login.secrets_ = std::move(secrets);
  TRY_ASSIGN(login.device_code_, optional_string(*json, "device_code"));
  TRY_ASSIGN(login.user_code_, optional_string(*json, "user_code"));
  login.user_code_ = printable(login.user_code_);
  if (login.device_code_.empty() || login.user_code_.empty() ||
      login.user_code_.size() > kUserCode)
    return bad_answer("it gives no code");
  TRY_ASSIGN(login.verification_uri_, readable_uri(*json));
  TRY_ASSIGN(login.interval_,
             seconds_of(*json, "interval", kDefaultInterval, kLongestInterval));
  TRY_ASSIGN(login.left_,
             seconds_of(*json, "expires_in", kLongestLife, kLongestLife));
  return login;
}

std::optional<std::chrono::seconds> DeviceLogin::next_wait() {
  if (interval_ > left_) return std::nullopt;
  left_ -= interval_;
  return interval_;
}

http::Request DeviceLogin::poll_request() const {
  return form_request(
      token_endpoint_,
      http::encode_form(
          {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
           {"device_code", device_code_},
           {"client_id", kClientId},
           {"code_verifier", secrets_.verifier}}));
}

// RFC 8628 3.5.
Result<std::optional<IdentityToken>> DeviceLogin::read_poll(
    const Result<http::Response>& answer) {
  if (!answer.ok()) {
    if (answer.error().kind != ErrorKind::network) return answer.error();
    interval_ += kSlower;  // "unilaterally reduce their polling frequency"
    return std::optional<IdentityToken>();
  }
  TRY_ASSIGN(const TokenAnswer given, read_token_answer(*answer));
  if (given.error == "slow_down") interval_ += kSlower;
  if (given.error == "authorization_pending" || given.error == "slow_down")
    return std::optional<IdentityToken>();
  if (given.error == "expired_token") return expired();
  TRY_ASSIGN(IdentityToken token, accept_token(given));
  return std::optional(std::move(token));
}

Error DeviceLogin::expired() {
  return fail(ErrorKind::unauthorized,
              "nobody logged in before the code expired: try again");
}

}  // namespace sigstore
