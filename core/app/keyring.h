// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/app/settings.h"
#include "core/base/result.h"
#include "core/policy/trust_store.h"

namespace sigstore {

// Those whom the user's configuration names: sigstore.publicKey, identity and
// issuer.
Result<std::vector<TrustedSigner>> read_keyring(const Settings& settings);

}  // namespace sigstore
