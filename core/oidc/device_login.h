// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "core/base/result.h"
#include "core/http/message.h"
#include "core/oidc/identity_token.h"
#include "core/oidc/provider.h"

namespace sigstore {

// A login on another device, by a code that is typed there (RFC 8628), for
// machines without a display. Pure: the caller sends, shows and waits.
class DeviceLogin {
 public:
  static http::Request start_request(const Provider& provider,
                                     const LoginSecrets& secrets);
  static Result<DeviceLogin> begin(const Provider& provider,
                                   LoginSecrets secrets,
                                   const http::Response& answer);

  // Where the user goes, and what he types there; fit for one line.
  const std::string& verification_uri() const { return verification_uri_; }
  const std::string& user_code() const { return user_code_; }

  // How long to wait before asking; nothing when the codes have expired by
  // then. The time that was waited for is counted here.
  std::optional<std::chrono::seconds> next_wait();
  http::Request poll_request() const;
  // The token, or nothing: wait and ask again.
  Result<std::optional<IdentityToken>> read_poll(
      const Result<http::Response>& answer);

  static Error expired();

 private:
  DeviceLogin() = default;

  std::string token_endpoint_;
  LoginSecrets secrets_;
  std::string device_code_;  // a secret
  std::string user_code_;
  std::string verification_uri_;
  std::chrono::seconds interval_{5};
  std::chrono::seconds left_{0};
};

}  // namespace sigstore
