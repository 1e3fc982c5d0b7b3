// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.
#include "tests/support/test_sigstore/issuer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "tests/support/must.h"
#include "tests/support/test_authority.h"
#include "tests/support/text_codec.h"

using nlohmann::json;
using sigstore::as_bytes;

namespace test_sigstore {
namespace {

std::string decode(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::map<std::string, std::string> read_form(const std::string& text) {
  std::map<std::string, std::string> form;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('&', at), text.size());
    const std::string field = text.substr(at, end - at);
    const std::size_t equals = field.find('=');
    must(equals != std::string::npos, "no form");
    const std::string name = decode(field.substr(0, equals));
    must(form.emplace(name, decode(field.substr(equals + 1))).second, "twice");
    at = end + 1;
  }
  return form;
}

std::string encode(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      out += c;
      continue;
    }
    constexpr const char* kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte / 16], kDigits[byte % 16]};
  }
  return out;
}

Answer oauth_error(const std::string& error, const std::string& words = "") {
  return {400, json{{"error", error}, {"error_description", words}}.dump()};
}

void check_challenge(const std::map<std::string, std::string>& asked,
                     const std::string& verifier) {
  must(verifier.size() == 43, "the verifier has not 43 characters");
  const std::string challenge =
      codec::base64url(hash_with("SHA256", as_bytes(verifier)));
  must(asked.at("code_challenge") == challenge, "wrong verifier");
}

void check_client(const std::map<std::string, std::string>& form) {
  must(form.at("client_id") == "sigstore", "wrong client");
}

}  // namespace

std::optional<Answer> Issuer::handle(const Request& request) {
  if (request.method == "GET" && request.path == "/oidc/auth")
    return authorize(read_form(request.query));
  if (request.method != "POST") return std::nullopt;
  if (request.path == "/oidc/device")
    return start_device(read_form(request.body));
  if (request.path != "/oidc/token") return std::nullopt;
  const Form form = read_form(request.body);
  check_client(form);
  if (form.at("grant_type") == "authorization_code") return token(form);
  must(form.at("grant_type") == "urn:ietf:params:oauth:grant-type:device_code",
       "wrong grant");
  return poll_device(form);
}

Answer Issuer::authorize(const Form& form) {
  check_client(form);
  must(form.at("response_type") == "code" &&
           form.at("scope") == "openid email" &&
           form.at("code_challenge_method") == "S256" &&
           form.at("code_challenge").size() == 43 &&
           form.at("state").size() == 43 && form.at("nonce").size() == 43,
       "wrong authorization request");
  const std::string& back = form.at("redirect_uri");
  must(
      back.starts_with("http://localhost:") && back.ends_with("/auth/callback"),
      "wrong redirect URI");
  std::string state = form.at("state");
  if (faults_.hit("login-state"))
    state.front() = state.front() == 'A' ? 'B' : 'A';
  std::string query;
  if (const auto fault = faults_.hit("login-error")) {
    query = "?error=access_denied&error_description=" +
            encode(fault->value("description", "no"));
  } else {
    const std::string code = "code-" + std::to_string(++count_);
    codes_[code] = form;
    query = "?code=" + code;
  }
  Answer answer{302, ""};
  answer.headers["Location"] = back + query + "&state=" + encode(state);
  return answer;
}

Answer Issuer::token(const Form& form) {
  if (const auto fault = faults_.hit("token-error"))
    return oauth_error(fault->value("error", "invalid_grant"), "on demand");
  const auto asked = codes_.find(form.at("code"));
  if (asked == codes_.end()) return oauth_error("invalid_grant", "used code");
  const Form request = asked->second;
  codes_.erase(asked);
  must(request.at("redirect_uri") == form.at("redirect_uri"), "redirect URI");
  check_challenge(request, form.at("code_verifier"));
  return give(request.at("nonce"));
}

Answer Issuer::give(const std::string& nonce) {
  TokenClaims claims;
  claims.nonce = faults_.hit("login-nonce") ? "another" : nonce;
  if (faults_.hit("login-audience")) claims.audience = "other";
  const std::string text = mint_(claims);
  return {200, json{{"access_token", text},
                    {"id_token", text},
                    {"token_type", "bearer"},
                    {"expires_in", 600}}
                   .dump()};
}

Answer Issuer::start_device(const Form& form) {
  check_client(form);
  must(form.at("scope") == "openid email" &&
           form.at("code_challenge_method") == "S256",
       "wrong device request");
  const std::string code = "device-" + std::to_string(++count_);
  devices_[code] = form;
  return {200, json{{"device_code", code},
                    {"user_code", "ABCD-EFGH"},
                    {"verification_uri", url_ + "/device"},
                    {"verification_uri_complete",
                     url_ + "/device?user_code=ABCD-EFGH"},
                    {"expires_in", 300},
                    {"interval", 1}}
                   .dump()};
}

Answer Issuer::poll_device(const Form& form) {
  if (faults_.hit("device-pending"))
    return oauth_error("authorization_pending");
  if (faults_.hit("device-slow")) return oauth_error("slow_down");
  if (faults_.hit("device-denied"))
    return oauth_error("access_denied", "\x1b[31mno");
  if (faults_.hit("device-expired")) return oauth_error("expired_token");
  const auto asked = devices_.find(form.at("device_code"));
  if (asked == devices_.end()) return oauth_error("invalid_grant");
  const Form request = asked->second;
  devices_.erase(asked);
  check_challenge(request, form.at("code_verifier"));
  return give("");
}

}  // namespace test_sigstore
