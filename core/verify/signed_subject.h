// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/bundle/bundle.h"
#include "core/tlog/entry_body.h"

namespace sigstore {

// Is the file one subject of this in-toto statement (v0.1 or v1)? A subject is
// the file when one of its digests is, and none that we can compare differs;
// names are not compared. content_differs when none is.
Result<void> check_subject(ByteView statement, const ArtifactDigests& artifact);

// The digest that a message signature carries is a hint for nobody: where it
// is there it must be the file's.
Result<void> check_message_digest(const MessageSignature& message,
                                  const ArtifactDigests& artifact);

}  // namespace sigstore
