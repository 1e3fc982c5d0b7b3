// SPDX-License-Identifier: Apache-2.0
#include "core/app/keyring.h"

#include <filesystem>
#include <string>
#include <utility>

#include "core/app/key_file.h"

namespace sigstore {

Result<std::vector<TrustedSigner>> read_keyring(const Settings& settings) {
  std::vector<TrustedSigner> keyring;
  for (const std::string& path : settings.public_keys) {
    TRY_ASSIGN(PublicKey key,
               read_public_key(path).context("git config sigstore.publicKey"));
    keyring.push_back({std::move(key), std::filesystem::path(path).stem(), {}});
  }
  for (std::size_t i = 0; i < settings.identities.size(); ++i) {
    const std::string& identity = settings.identities[i];
    const bool is_pattern = identity.find('*') != identity.npos;
    keyring.push_back(
        {SignerRule{identity, is_pattern, settings.issuers[i], {}}, "", {}});
  }
  return keyring;
}

}  // namespace sigstore
