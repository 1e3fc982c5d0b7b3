// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "core/base/result.h"
#include "core/bundle/bundle.h"
#include "core/tlog/entry_body.h"
#include "core/trust/trusted_root.h"

namespace sigstore {

// The log that an entry says it is from, by id alone: URLs and names are for
// people. Where several share the id, the one whose checkpoint it carries.
Result<const TransparencyLog*> find_log(const TlogEntry& entry,
                                        const TrustedRoot& root);

// Every check on one entry: that it is in the log, and that it is about this
// signature, this signer and this content.
Result<void> check_log_entry(const TlogEntry& entry, const TransparencyLog& log,
                             const LoggedSignature& expected);

// At least `least` distinct logs, by operator.
Result<void> check_log_count(std::span<const TransparencyLog* const> logs,
                             std::size_t least);

}  // namespace sigstore
