// SPDX-License-Identifier: Apache-2.0
#include "core/policy/accepted_signers.h"

namespace sigstore {

std::vector<PublicKey> AcceptedSigners::keys() const {
  std::vector<PublicKey> keys;
  for (const TrustedSigner& signer : signers)
    if (const auto* key = std::get_if<PublicKey>(&signer.who))
      keys.push_back(*key);
  return keys;
}

std::vector<SignerRule> AcceptedSigners::identities() const {
  std::vector<SignerRule> rules;
  for (const TrustedSigner& signer : signers)
    if (const auto* rule = std::get_if<SignerRule>(&signer.who))
      rules.push_back(*rule);
  return rules;
}

AcceptedSigners accepted_signers(const RepositoryTrust& trust,
                                 const std::vector<TrustedSigner>& keyring,
                                 bool strict) {
  if (!strict)
    return trust.signers.empty() ? AcceptedSigners{keyring, true}
                                 : AcceptedSigners{trust.signers, false};
  AcceptedSigners accepted;
  for (const TrustedSigner& signer : trust.signers)
    if (!signer.first_use) accepted.signers.push_back(signer);
  accepted.signers.insert(accepted.signers.end(), keyring.begin(),
                          keyring.end());
  return accepted;
}

}  // namespace sigstore
