// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/public_key.h"
#include "core/policy/signer_rule.h"
#include "core/verify/verified_bundle.h"

namespace sigstore {

// Somebody who may sign a repository.
struct TrustedSigner {
  std::variant<PublicKey, SignerRule> who;  // a key, or an identity
  std::string name;  // what the user calls them; may be empty
  Timestamp added_at;
  // Not the user's word for this repository: the one of the keyring who was
  // the first one seen here.
  bool first_use = false;

  // What they are called in records: the key's fingerprint, or identity and
  // issuer with a space between them.
  std::string id() const;
  // "alice (key 3f2a91c0...)", for people.
  std::string describe() const;
  // Is a signature by `signer` one of theirs?
  bool is(const Signer& signer) const;
};

// What was last seen verified at a ref.
struct LastVerified {
  std::string commit;  // hexadecimal object id
  // When it was signed, by the signer's clock; nothing if not stated.
  std::optional<Timestamp> signed_at;
  Sha256Digest bundle;  // of the model.sig file
  std::string signer;   // TrustedSigner::id()
  Timestamp verified_at;
};

struct RepositoryTrust {
  std::vector<TrustedSigner> signers;        // any of them counts
  std::map<std::string, LastVerified> refs;  // by full ref name

  // From then on an unsigned state is a refusal.
  bool was_signed() const { return !signers.empty() || !refs.empty(); }
  const TrustedSigner* find_signer(std::string_view id) const;
};

// The memory that refusals need, by repository. Pure: app/trust_file stores
// it.
class TrustStore {
 public:
  static Result<TrustStore> parse(ByteView json);
  std::string to_json() const;

  // What is known of a repository; an empty record when nothing is.
  const RepositoryTrust& find(const RepoId& repository) const;
  RepositoryTrust& at(const RepoId& repository) {
    return repositories_[repository.to_string()];
  }
  // False when there was no record.
  bool erase(const RepoId& repository) {
    return repositories_.erase(repository.to_string()) > 0;
  }
  const std::map<std::string, RepositoryTrust>& repositories() const {
    return repositories_;
  }

 private:
  std::map<std::string, RepositoryTrust> repositories_;
};

}  // namespace sigstore
