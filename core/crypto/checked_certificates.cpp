// SPDX-License-Identifier: Apache-2.0
// Written by scripts/trusted_root.
#include "core/crypto/checked_certificates.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace sigstore {
namespace {

// SHA-256 of a certificate and of its issuer's SubjectPublicKeyInfo.
struct Checked {
  std::string_view certificate;
  std::string_view issuer_key;
};

constexpr std::array<Checked, 9> kChecked{{
    {"03a38ffb1f450100c2596d1d10b900ac4d504058006dda58199576bbeb9c73d0",
     "80917b65f03abf988a5e815c625e42b48b041b6d6a2d17851518f25d54517cf3"},
    {"15d795348226b4649f750f5802592c393bee7cc53c3b86982175b7ad087efe47",
     "fef4e9beb17faa47735277cca7633ae5e670b8d83dce91508342397148f4e13a"},
    {"3ba7b6cc4e95469d4d334b49cb257ad8537076fa84b0ca87ff4ecfe6a54680c1",
     "fef4e9beb17faa47735277cca7633ae5e670b8d83dce91508342397148f4e13a"},
    {"85f927bc07ab62cac3b44356c10efc81b2c6883fda7ab9e6d870d9d13acd05b7",
     "c0f1eaa45f3920c6ebec22a3a8865a116b04aabb54eb2a2f5c05a626f58ea46b"},
    {"2aca8fea5d3ce48b01cc77076293c280e6c23ffe44034757ee7833ca9f45d633",
     "c0f1eaa45f3920c6ebec22a3a8865a116b04aabb54eb2a2f5c05a626f58ea46b"},
    {"66e08b3881fc311194779aeaad11b70677c316985bf847b6ca2c83d8c5700565",
     "f8a06c6002ac94d8837d6b44a19c457e5e82c6780833feb4810290a3ef32e603"},
    {"bca21d3cc62c9d6a52be9989e6a705f99e91a39d9114890990789ef75d382b39",
     "f8a06c6002ac94d8837d6b44a19c457e5e82c6780833feb4810290a3ef32e603"},
    {"06f4ffe047feb35999b733b0d7a323501cfc18e4c03366a845d77536e74b2744",
     "a96c96ddaab55095f0315c5621cd7080c74be522ba7fdeea54781aba8a33c05d"},
    {"81d9ef485ec4572a6511d2d99aca787e0e9b331383454c94f8d678c246a35acc",
     "a96c96ddaab55095f0315c5621cd7080c74be522ba7fdeea54781aba8a33c05d"},
}};

const Checked* find(const Sha256Digest& certificate) {
  const std::string hex = certificate.to_hex();
  const auto* row = std::find_if(
      kChecked.begin(), kChecked.end(),
      [&](const Checked& known) { return known.certificate == hex; });
  return row == kChecked.end() ? nullptr : row;
}

}  // namespace

bool is_checked_certificate(const Sha256Digest& certificate) {
  return find(certificate) != nullptr;
}

bool is_checked_signature(const KnownSignatures::Link& link) {
  const Checked* row = find(link.certificate);
  return row != nullptr && row->issuer_key == link.issuer_key.to_hex();
}

std::size_t count_checked_certificates() { return kChecked.size(); }

}  // namespace sigstore
