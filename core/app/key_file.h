// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "core/crypto/private_key.h"
#include "core/crypto/public_key.h"

namespace sigstore {

// Keys in PEM files; errors name the file.
Result<PublicKey> read_public_key(const std::filesystem::path& path);
Result<PrivateKey> read_private_key(const std::filesystem::path& path,
                                    const PasswordSource& password);

}  // namespace sigstore
