// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/app/terminal.h"
#include "core/base/result.h"
#include "core/http/client.h"
#include "core/oidc/identity_token.h"

namespace sigstore {

// A token that the user gave, in one of two ways.
struct GivenToken {
  std::string text;  // from a command line that another tool's protocol fixes
  std::string file;
};

// Where identity tokens come from, in order (sigstore.md 4.1): the user, then
// SIGSTORE_ID_TOKEN, then the CI system or cloud we run in, then a login: in
// the browser, or where there is no display by a code for another device.
// Nobody is asked to log in where nobody looks: without a terminal, in a CI
// system, or with GIT_TERMINAL_PROMPT=0. Client and terminal live longer.
class TokenSource {
 public:
  // `issuer` is whom to log in to; "" when there is none.
  TokenSource(GivenToken given, std::string issuer, http::Client& client,
              const Terminal& terminal)
      : given_(std::move(given)),
        issuer_(std::move(issuer)),
        client_(client),
        terminal_(terminal) {}

  // A token that is there without a login; nothing when it takes one.
  // not_found when there can be none either.
  Result<std::optional<IdentityToken>> at_hand() const;

  // Either of them. A login takes up to two minutes, by a code up to thirty.
  Result<IdentityToken> get() const;

 private:
  GivenToken given_;
  std::string issuer_;
  http::Client& client_;
  const Terminal& terminal_;
};

}  // namespace sigstore
