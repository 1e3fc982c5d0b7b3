// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/policy/trust_store.h"

namespace sigstore {

// How a commit stands to the one that was last verified at the same ref.
enum class Ancestry : std::uint8_t {
  same,      // the same commit
  descends,  // the last one is among its ancestors
  does_not,  // older, or on another line of history
  unknown,   // history is not complete enough here to tell
};

// Is this state at least as new as what was verified before? It must descend
// from it, and must not have been signed earlier: a commit on top may bring
// an older signed state back. Where ancestry cannot be known (shallow
// repositories) the time of signing alone decides. rollback, or incomplete
// when neither is known.
Result<void> check_history(const LastVerified& last,
                           const std::optional<Timestamp>& signed_at,
                           const std::string& commit, Ancestry ancestry);

// sigstore.maxAge: was this signed at most `most` ago? rollback when not, or
// when the signature does not say; bad_evidence for a time that is still to
// come, by more than clocks differ.
Result<void> check_age(const std::optional<Timestamp>& signed_at,
                       const Timestamp& now, std::chrono::seconds most);

}  // namespace sigstore
