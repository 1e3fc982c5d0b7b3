// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/bytes.h"

// The Sigstore bundle (protobuf-specs, sigstore_bundle.proto) as plain
// structs. Nothing in here has been verified.
namespace sigstore {

enum class BundleVersion : std::uint8_t { v0_1, v0_2, v0_3 };

// The media type that is written.
inline constexpr std::string_view kBundleMediaType =
    "application/vnd.dev.sigstore.bundle.v0.3+json";

// A managed key. `hint` chooses a key, it proves nothing. `raw_bytes` is what
// OMS bundles before 1.1.0 carry instead: the key in PEM or DER.
struct PublicKeyMaterial {
  std::string hint;
  Bytes raw_bytes;
  bool operator==(const PublicKeyMaterial&) const = default;
};

struct CertificateMaterial {
  Bytes der;
  bool operator==(const CertificateMaterial&) const = default;
};

// Leaf first, at least one.
struct CertificateChainMaterial {
  std::vector<Bytes> certificates;
  bool operator==(const CertificateChainMaterial&) const = default;
};

struct InclusionProof {
  std::int64_t log_index = 0;
  Bytes root_hash;  // 32 bytes
  std::int64_t tree_size = 0;
  std::vector<Bytes> hashes;  // 32 bytes each, leaf to root
  std::string checkpoint;     // signed note; empty in some v0.1 bundles
  bool operator==(const InclusionProof&) const = default;
};

struct TlogEntry {
  std::int64_t log_index = 0;
  Bytes log_id;  // 32 bytes
  std::string kind;
  std::string version;
  std::int64_t integrated_time = 0;  // Unix seconds, 0: none
  Bytes signed_entry_timestamp;      // empty: none
  std::optional<InclusionProof> inclusion_proof;
  Bytes canonicalized_body;
  bool operator==(const TlogEntry&) const = default;
};

struct DsseEnvelope {
  std::string payload_type;
  Bytes payload;
  Bytes signature;  // exactly one signature is allowed
  std::string key_id;
  bool operator==(const DsseEnvelope&) const = default;
};

struct MessageSignature {
  std::string digest_algorithm;  // empty: no digest
  Bytes digest;
  Bytes signature;
  bool operator==(const MessageSignature&) const = default;
};

struct Bundle {
  BundleVersion version = BundleVersion::v0_3;
  std::string media_type = std::string(kBundleMediaType);
  std::variant<PublicKeyMaterial, CertificateMaterial, CertificateChainMaterial>
      material;
  std::vector<TlogEntry> tlog_entries;
  std::vector<Bytes> timestamps;  // DER TimeStampResp each
  std::variant<DsseEnvelope, MessageSignature> content;
  bool operator==(const Bundle&) const = default;
};

}  // namespace sigstore
