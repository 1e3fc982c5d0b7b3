// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/certificate.h"
#include "core/crypto/known_signatures.h"

namespace sigstore {

// A path from `leaf` over some of `intermediates` to one of `anchors` (RFC
// 5280 section 6; an anchor need not be self-signed), every certificate on it
// valid at `at`, strict about encodings and critical extensions. Purposes are
// the caller's to check. Never looks at the system's store. Answers the path:
// leaf first, anchor last. bad_evidence, with the reason and the certificate
// that it is about, when there is none. With `known` the signatures on
// intermediates are checked once, the leaf's always.
Result<std::vector<Certificate>> find_path(
    const Certificate& leaf, std::span<const Certificate> intermediates,
    std::span<const Certificate> anchors, Timestamp at,
    KnownSignatures* known = nullptr);

}  // namespace sigstore
