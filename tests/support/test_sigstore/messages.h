// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace test_sigstore {

struct Request {
  std::string method;
  std::string path;                            // "/fulcio/api/v2/signingCert"
  std::string query;                           // "a=b&c=d"
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct Answer {
  int status = 200;
  std::string body = {};
  std::string type = "application/json";
  std::map<std::string, std::string> headers = {};
  int delay_ms = 0;
};

// What a token says; an empty member is left out.
struct TokenClaims {
  std::string email = "alice@example.org";
  std::string subject = "alice@example.org";
  std::string audience = "sigstore";
  std::int64_t lifetime = 600;  // seconds, negative: expired
  std::string nonce = {};
};

}  // namespace test_sigstore
