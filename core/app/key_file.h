// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "core/base/result.h"
#include "core/crypto/certificate.h"
#include "core/crypto/private_key.h"
#include "core/crypto/public_key.h"

namespace sigstore {

// Keys and certificates in PEM files; errors name the file.
Result<PublicKey> read_public_key(const std::filesystem::path& path);
Result<PrivateKey> read_private_key(const std::filesystem::path& path,
                                    const PasswordSource& password);
Result<std::vector<Certificate>> read_certificates(
    const std::filesystem::path& path);

}  // namespace sigstore
