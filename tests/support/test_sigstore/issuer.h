// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "tests/support/test_sigstore/faults.h"
#include "tests/support/test_sigstore/messages.h"

namespace test_sigstore {

// The logins of an OpenID provider, as Dex has them: everybody who comes is
// Alice. Codes serve once, and only with what they were asked for with.
//
// The faults: login-state login-nonce login-audience
//   login-error {"description": "..."}  token-error {"error": "..."}
//   device-pending device-slow device-denied device-expired
class Issuer {
 public:
  using Mint = std::function<std::string(const TokenClaims&)>;
  Issuer(std::string url, Mint mint, Faults& faults)
      : url_(std::move(url)), mint_(std::move(mint)), faults_(faults) {}

  // Nothing for a path that is none of these.
  std::optional<Answer> handle(const Request& request);

 private:
  using Form = std::map<std::string, std::string>;
  Answer authorize(const Form& form);
  Answer token(const Form& form);
  Answer start_device(const Form& form);
  Answer poll_device(const Form& form);
  Answer give(const std::string& nonce);

  std::string url_;
  Mint mint_;
  Faults& faults_;
  int count_ = 0;
  std::map<std::string, Form> codes_;  // to what was asked for
  std::map<std::string, Form> devices_;
};

}  // namespace test_sigstore
