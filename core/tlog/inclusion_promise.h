// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/bundle/bundle.h"
#include "core/trust/trusted_root.h"

namespace sigstore {

// What a Rekor v1 log signs when it promises to include an entry: canonical
// JSON (RFC 8785) of body, integratedTime, logID and logIndex.
std::string inclusion_promise_payload(const TlogEntry& entry);

// Checks the signed entry timestamp and answers the time it proves: by the
// log's key, above zero, within the log's validity, not for an entry of Rekor
// v2. bad_evidence otherwise; unsupported when the log has no key that is known
// here.
Result<Timestamp> verify_inclusion_promise(const TlogEntry& entry,
                                           const TransparencyLog& log);

}  // namespace sigstore
