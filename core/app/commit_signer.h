// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/app/settings.h"
#include "core/base/result.h"
#include "core/crypto/signing_key.h"
#include "core/manifest/content.h"
#include "core/policy/trust_store.h"
#include "core/sign_model.h"
#include "core/verify_model.h"

namespace sigstore {

// Who signs commits here: a key, of a file or in a token, or an identity.
class CommitSigner {
 public:
  explicit CommitSigner(std::unique_ptr<SigningKey> key);
  // By sigstore.signWith. A key is read, and its password or the token's PIN
  // asked for; services and token of an identity are looked at when they are
  // needed. not_found where no key is set.
  static Result<CommitSigner> by_settings(const Settings& settings);
  CommitSigner(CommitSigner&& other) noexcept;
  CommitSigner& operator=(CommitSigner&& other) noexcept;
  ~CommitSigner();

  // The key; nullptr for an identity, each signature of which is logged.
  const PublicKey* key() const {
    return own_keys_.empty() ? nullptr : &own_keys_.front();
  }
  // Is there a token that serves, where the user names one? Other ways to one
  // ask somebody, and are gone when a signature is to be made.
  Result<void> look_at_token();

  // Whose signature need not be made again: ours, and as long as no token says
  // who we are that of an identity that signs this repository. The request
  // refers to this object.
  Result<void> expect_own(const RepositoryTrust& trust, VerifyRequest& request);
  // Gets a token if need be, by asking somebody. False when that tells nothing
  // new of who we are.
  bool learn_identity();
  Result<SignedModel> sign(Content& content, SignRequest request);

 private:
  struct IdentityPart;
  explicit CommitSigner(std::unique_ptr<IdentityPart> identity);

  std::unique_ptr<SigningKey> key_;
  std::vector<PublicKey> own_keys_;
  std::unique_ptr<IdentityPart> identity_;
};

}  // namespace sigstore
