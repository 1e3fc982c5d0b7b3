// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/http/client.h"
#include "core/oidc/identity_token.h"

namespace sigstore {

// Where we run, as far as providers of tokens look at it. The client lives
// longer.
struct Surroundings {
  // "" for a variable that is not set.
  std::function<std::string(const char*)> variable;
  http::Client& client;
  // What a program prints, by argv.
  std::function<Result<std::string>(const std::vector<std::string>&)> run;
  // not_found for a file that is not there.
  std::function<Result<std::string>(const char*)> read_file;
};

// The identity token that a CI system or a cloud gives to what runs in it
// (di/id; sigstore.md 4.4): GitHub Actions, GitLab, CircleCI, Buildkite,
// Google Cloud, a token that Kubernetes projects. Nothing where we run in
// none of them; a provider that is there and gives no token is an error that
// says what to change.
Result<std::optional<IdentityToken>> ambient_token(
    const Surroundings& surroundings);

}  // namespace sigstore
