// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "core/tuf/metadata.h"
#include "core/tuf/trusted_metadata.h"
#include "tests/fuzz/fuzz.h"

namespace sigstore {
namespace {

void check_role(const TufRole& role) {
  require(role.threshold >= 1, "a threshold is at least 1");
}

bool check_root(ByteView file) {
  const auto root = parse_root(file);
  if (!root.ok()) return false;
  require(root->content.roles.size() == 4, "there are four roles");
  for (const auto& [name, role] : root->content.roles) check_role(role);
  const auto trusted =
      TrustedMetadata::start(file, {}, TrustedMetadata::Expiry::ignored);
  require(!trusted.ok() || !root->signatures.empty(), "somebody signed it");
  return true;
}

bool check_targets(ByteView file) {
  const auto targets = parse_targets(file);
  if (!targets.ok()) return false;
  for (const auto& [path, digests] : targets->content.targets) {
    require(digests.length.has_value(), "a target has a length");
    for (const DelegatedRole& role : targets->content.delegations.roles) {
      check_role(role.role);
      const bool responsible = role.is_responsible_for(path);
      require(!responsible || !role.paths.empty() ||
                  !role.path_hash_prefixes.empty(),
              "nobody answers for nothing");
    }
  }
  return true;
}

}  // namespace
}  // namespace sigstore

// Metadata of any of the four roles.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const sigstore::ByteView file(data, size);
  const bool root = sigstore::check_root(file);
  const bool targets = sigstore::check_targets(file);
  const bool timestamp = sigstore::parse_timestamp(file).ok();
  const bool snapshot = sigstore::parse_snapshot(file).ok();
  const int roles = root + targets + timestamp + snapshot;
  sigstore::require(roles <= 1, "a file is of one role");
  return sigstore::finish(roles == 1);
}
