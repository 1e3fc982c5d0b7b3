// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>

#include "core/base/result.h"
#include "core/bundle/bundle.h"
#include "core/http/message.h"
#include "core/tlog/entry_body.h"
#include "core/trust/signing_config.h"
#include "core/trust/trusted_root.h"

// Entries in Rekor's logs, of both API versions (rekor openapi.yaml;
// rekor-tiles, api/proto; sigstore.md 4.7). Pure: the caller sends and
// receives.
namespace sigstore {

// Version 1: hashedrekord 0.0.1 for a message, dsse 0.0.1 for an envelope.
// Version 2: hashedrekord 0.0.2 for both; of an envelope over what its
// signature covers, since logs take no dsse any more. `unsupported` for an
// envelope that is larger than logs take.
Result<http::Request> log_request(const Service& service,
                                  const LoggedSignature& signature);

// The entry, when it is in a log of the root and about this signature; or the
// request that asks for it, where the log had it already. bad_evidence for a
// log that lies.
Result<std::variant<TlogEntry, http::Request>> read_log_answer(
    const Service& service, const http::Response& answer,
    const LoggedSignature& signature, const TrustedRoot& root);

// The answer of a log of version 1: {"<entry id>": {...}}. invalid_input
// where it is anything else. For the two above, and the fuzz target.
Result<TlogEntry> parse_entry_v1(ByteView json);

}  // namespace sigstore
