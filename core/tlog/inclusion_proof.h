// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/bundle/bundle.h"
#include "core/trust/trusted_root.h"

namespace sigstore {

// Is this entry in the log? The proof is there, with a checkpoint that the
// log signed, of the proof's size and root, and the entry's body is the leaf.
// An entry of Rekor v2 has one index, and no promise beside the proof.
// bad_evidence otherwise; unsupported when the log has no key that is known
// here. Never asks the network.
Result<void> verify_inclusion_proof(const TlogEntry& entry,
                                    const TransparencyLog& log);

}  // namespace sigstore
