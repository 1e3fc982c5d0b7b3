// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/app/state_check.h"
#include "core/base/error.h"
#include "core/policy/accepted_signers.h"

namespace sigstore {

// What a refusal says to people beyond what failed: whom the user expected,
// and what to type when the change is meant.

// "it was signed on 2026-03-04 by alice (key ...)"
std::string last_seen(const RepositoryTrust& trust);

// A signature by nobody we know, or by somebody else than those we expect.
Error explain_signer(Error error, const CommitQuestion& question,
                     const AcceptedSigners& accepted,
                     const std::vector<TrustedSigner>& keyring,
                     ByteView signature);

// A state that is no successor of what was verified last.
Error explain_rollback(Error error, const CommitQuestion& question);

}  // namespace sigstore
