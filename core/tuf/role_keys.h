// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/json.h"
#include "core/base/result.h"
#include "core/crypto/verification_key.h"

// TUF 1.0.34 section 4.2: who may sign which role.
namespace sigstore {

enum class TufScheme : std::uint8_t {
  ecdsa_sha2_nistp256,
  ecdsa_sha2_nistp384,
  ed25519,
  rsassa_pss_sha256
};

struct TufKey {
  TufScheme scheme = TufScheme::ed25519;
  VerificationKey key;

  bool operator==(const TufKey&) const = default;
};

// By key id. A key of a type or scheme that is not known here is nothing: it
// verifies no signature, and is no error.
using TufKeys = std::map<std::string, std::optional<TufKey>, std::less<>>;

struct TufRole {
  std::set<std::string, std::less<>> key_ids;
  std::int64_t threshold = 1;  // at least 1

  bool operator==(const TufRole&) const = default;
};

struct TufSignature {
  std::string key_id;
  Bytes signature;  // empty when it was no hexadecimal
};

// The "keys" of a root or of delegations. Key ids are names: they need not be
// a digest of the key.
Result<TufKeys> parse_tuf_keys(const Json& keys);
// An object with "keyids" (each once) and "threshold".
Result<TufRole> parse_tuf_role(const Json& role);
// The "signatures" of a file. A key id that stands twice is refused.
Result<std::vector<TufSignature>> parse_tuf_signatures(const Json& file);

// Success when `threshold` different keys of the role signed `message`.
// Signatures that are empty, wrong or by other keys do not count and do not
// harm (section 5.3.4). bad_signature otherwise, which says how many did.
Result<void> check_threshold(const TufRole& role, const TufKeys& keys,
                             ByteView message,
                             const std::vector<TufSignature>& signatures);

}  // namespace sigstore
