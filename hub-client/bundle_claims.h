// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/bundle/bundle.h"

namespace sigstore::hub {

// What a statement is about: one digest of one subject.
struct ClaimedSubject {
  std::string name;       // anything
  std::string algorithm;  // "sha256", "gitCommit"
  std::string hex;        // lower case
};

// What a bundle says of itself. Nothing of it has been verified.
struct BundleClaims {
  enum class Kind : std::uint8_t {
    signature,       // of a model: OMS
    attestation,     // any other in-toto statement
    file_signature,  // over a file's bytes, without a statement
  };
  Kind kind = Kind::attestation;
  std::string predicate_type;  // "" for the signature of a file
  std::string signer;  // "alice@example.org (https://...)", "key 3f2a..."
  std::optional<Timestamp> time;  // the earliest that log or clock state
  std::vector<ClaimedSubject> subjects;
};

// invalid_input for an envelope that holds no in-toto statement. Pure.
Result<BundleClaims> read_bundle_claims(const Bundle& bundle);

// "OMS signature", "attestation https://slsa.dev/provenance/v1".
std::string describe_kind(const BundleClaims& claims);

// Is this a file that signs or attests, by the names that peers give them
// (sigstore.md 1.1, OMS v1.0 9): model.sig and claims.jsonl at the top,
// *.sigstore.json, *.sigstore.jsonl, *.sigstore and *.oms.sig anywhere?
bool is_attachment_name(std::string_view path);
// One with a bundle a line?
bool has_lines(std::string_view path);

}  // namespace sigstore::hub
