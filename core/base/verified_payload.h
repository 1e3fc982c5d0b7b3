// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "core/base/bytes.h"

namespace sigstore {

// The payload of an envelope whose signature was checked. Only
// verify/verified_bundle.h makes one, and manifest/statement.h reads nothing
// else: what was not verified cannot be read as a manifest.
class VerifiedPayload {
 public:
  ByteView bytes() const { return bytes_; }

  // For tests of readers of payloads.
  static VerifiedPayload assume_verified_unsafe(  // unsafe: declaration
      Bytes bytes) {
    return VerifiedPayload(std::move(bytes));
  }

 private:
  friend class VerifiedBundle;
  explicit VerifiedPayload(Bytes bytes) : bytes_(std::move(bytes)) {}
  Bytes bytes_;
};

}  // namespace sigstore
