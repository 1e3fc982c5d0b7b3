// SPDX-License-Identifier: Apache-2.0
#include "core/app/key_file.h"

#include "core/base/file.h"
#include "core/base/limits.h"

namespace sigstore {

Result<PublicKey> read_public_key(const std::filesystem::path& path) {
  TRY_ASSIGN(const Bytes pem, read_file(path, limits::kKeyFile));
  return PublicKey::from_pem(as_text(pem)).context(path.string());
}

Result<PrivateKey> read_private_key(const std::filesystem::path& path,
                                    const PasswordSource& password) {
  TRY_ASSIGN(Bytes pem, read_file(path, limits::kKeyFile));
  Result<PrivateKey> key = PrivateKey::from_pem(as_text(pem), password);
  wipe(pem);
  return std::move(key).context(path.string());
}

Result<std::vector<Certificate>> read_certificates(
    const std::filesystem::path& path) {
  TRY_ASSIGN(const Bytes pem, read_file(path, limits::kKeyFile));
  return Certificate::from_pem(as_text(pem)).context(path.string());
}

}  // namespace sigstore
