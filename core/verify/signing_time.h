// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/bundle/bundle.h"
#include "core/crypto/known_signatures.h"
#include "core/trust/trusted_root.h"
#include "core/verify/verified_bundle.h"

namespace sigstore {

// A time, and the authority that thresholds count it under.
struct SourcedTime {
  VerifiedTime time;
  std::string authority;
};

// The time that a Rekor v1 entry proves; nothing for an entry without a signed
// entry timestamp, whatever integratedTime says. A promise that does not
// verify is a refusal, even where other times would do.
Result<std::optional<SourcedTime>> entry_time(const TlogEntry& entry,
                                              const TransparencyLog& log);

// The time that a token over `signature` proves. Each authority is asked on
// its own: chain, leaf and period of one and the same. Nothing for a token of
// an authority that is not known; bad_evidence for one that names an
// authority of the root and does not verify.
Result<std::optional<SourcedTime>> token_time(
    ByteView token, ByteView signature, std::span<const Authority> authorities,
    KnownSignatures* known = nullptr);

// At least `least` distinct authorities, and none of the times is yet to come
// (by more than clocks differ).
Result<void> check_times(std::span<const SourcedTime> times, std::size_t least,
                         Timestamp now);

}  // namespace sigstore
