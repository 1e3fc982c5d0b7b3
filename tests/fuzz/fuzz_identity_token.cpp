// SPDX-License-Identifier: Apache-2.0
#include "core/oidc/identity_token.h"
#include "tests/fuzz/fuzz.h"

// An identity token, as files and variables hold it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto token =
      sigstore::IdentityToken::parse(sigstore::as_text({data, size}));
  if (!token.ok()) return sigstore::finish(false);
  sigstore::require(!token->identity().empty(), "a token is somebody's");
  sigstore::require(token->is_in(token->reveal_secret()),
                    "a token is found in itself");
  const auto again = sigstore::IdentityToken::parse(token->reveal_secret());
  sigstore::require(again.ok() && again->subject() == token->subject(),
                    "a token reads the same again");
  const auto late =
      token->check(sigstore::kSigstoreAudience, {token->expires().seconds + 6});
  sigstore::require(!late.ok(), "no token outlives its end");
  return sigstore::finish(true);
}
