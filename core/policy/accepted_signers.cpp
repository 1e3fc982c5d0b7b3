// SPDX-License-Identifier: Apache-2.0
#include "core/policy/accepted_signers.h"

namespace sigstore {

std::vector<PublicKey> AcceptedSigners::keys() const {
  std::vector<PublicKey> keys;
  for (const TrustedSigner& signer : signers) keys.push_back(signer.key);
  return keys;
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
