// SPDX-License-Identifier: Apache-2.0
#include "core/app/token_source.h"

#include <unistd.h>

#include <vector>

#include "core/app/login.h"
#include "core/app/settings.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/process.h"
#include "core/crypto/private_key.h"
#include "core/oidc/ambient.h"

namespace sigstore {
namespace {

constexpr std::chrono::seconds kProviderDeadline{10};

// Its words could show the token: only that it went wrong is said.
Result<std::string> run_provider(const std::vector<std::string>& argv) {
  RunOptions options;
  options.limit = limits::kIdentityToken;
  options.deadline = kProviderDeadline;
  TRY_ASSIGN(CommandOutput output, run_command({argv}, options));
  if (output.status != 0)
    return fail(ErrorKind::unauthorized, argv[0], " ended with status ",
                output.status);
  return std::move(output.out);
}

Result<std::string> read_text(const char* path) {
  TRY_ASSIGN(const Bytes bytes, read_file(path, limits::kIdentityToken));
  return std::string(as_text(bytes));
}

bool somebody_looks() {
  const std::string ci = environment_variable("CI");
  return ::isatty(STDERR_FILENO) == 1 && (ci.empty() || ci == "false") &&
         environment_variable("GIT_TERMINAL_PROMPT") != "0";
}

Result<IdentityToken> from_file(const std::string& path) {
  TRY_ASSIGN(Bytes bytes, read_file(path, limits::kIdentityToken));
  Result<IdentityToken> token = IdentityToken::parse(as_text(bytes));
  wipe(bytes);
  return std::move(token).context(path);
}

}  // namespace

Result<std::optional<IdentityToken>> TokenSource::at_hand() const {
  const auto found =
      [](Result<IdentityToken> token) -> Result<std::optional<IdentityToken>> {
    if (!token.ok()) return std::move(token).error();
    return std::optional(std::move(*token));
  };
  if (!given_.text.empty()) return found(IdentityToken::parse(given_.text));
  if (!given_.file.empty()) return found(from_file(given_.file));
  const std::string variable = environment_variable("SIGSTORE_ID_TOKEN");
  if (!variable.empty())
    return found(IdentityToken::parse(variable).context("SIGSTORE_ID_TOKEN"));
  TRY_ASSIGN(
      std::optional<IdentityToken> token,
      ambient_token({environment_variable, client_, run_provider, read_text}));
  if (token || (somebody_looks() && !issuer_.empty())) return token;
  return fail(ErrorKind::not_found,
              "there is no key and no identity token to sign with: name a "
              "private key, or a file with a token, or set SIGSTORE_ID_TOKEN");
}

Result<IdentityToken> TokenSource::get() const {
  TRY_ASSIGN(std::optional<IdentityToken> token, at_hand());
  if (token) return *std::move(token);
  return log_in(issuer_, client_, terminal_);
}

}  // namespace sigstore
