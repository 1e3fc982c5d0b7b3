// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"

namespace sigstore {

// git's hook `reference-transaction` (githooks(5)): one call a phase, all
// refs on stdin.
//
// prepared: may these refs have these values? An error refuses all of them,
// and git aborts the clone, fetch or pull. This is the net below the helper:
// it catches `clone -o name`, other remotes, a URL with a refspec, bundles,
// prefetch, and objects that were here already.
//
// committed: after a push that pre-push signed, git has stored the id of the
// commit below the signature; the ref is put right, and the state remembered.
Result<void> on_reference_transaction(const std::string& phase,
                                      const std::string& input);

}  // namespace sigstore
