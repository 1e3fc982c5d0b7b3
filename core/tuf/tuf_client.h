// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/file.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/tuf/trusted_metadata.h"
#include "core/tuf/tuf_repository.h"

namespace sigstore {

// Keeps a folder in step with a TUF repository, by the client workflow of
// specification 1.0.34 section 5. In the folder: root.json, timestamp.json,
// snapshot.json, targets.json and those of delegated roles, each written only
// when it was verified, and targets/ with verified files. One process at a
// time works in it; others wait.
class TufClient {
 public:
  // `first_root` starts the chain where the folder has no root that is as new.
  static Result<TufClient> open(const std::filesystem::path& folder,
                                ByteView first_root);

  // Sections 5.3 to 5.6. Every error leaves what was stored before, but for
  // files that were verified before it came up. `repository` lives as long as
  // this is used.
  Result<void> refresh(TufRepository* repository, Timestamp now);
  // The stored chain alone, every signature checked again, expiry ignored.
  // not_found when something is missing.
  Result<void> load_stored(Timestamp now);

  // Section 5.7, after one of the above: the file's bytes from the folder when
  // they fit, else fetched and stored. not_found when no trusted role has it
  // (or, after load_stored, when it is not in the folder).
  Result<Bytes> target(std::string_view path);

  // After one of the above.
  const TrustedMetadata& trusted() const { return *trusted_; }

 private:
  TufClient(std::filesystem::path folder, FileDescriptor lock);
  Result<void> update_root();
  Result<void> update_timestamp();
  Result<void> update_snapshot();
  // The bytes of a role's targets file that `opens` accepts, from the folder
  // or the repository.
  Result<TargetsMetadata> load_targets(const DelegatedRole* role,
                                       const TufKeys* keys);
  Result<std::optional<FileDigests>> find_target(std::string_view path);
  Result<Bytes> read_stored(std::string_view role, std::size_t limit) const;
  Result<void> store(std::string_view role, ByteView file) const;
  Result<void> forget(std::string_view role) const;
  std::string versioned(std::string_view role, std::int64_t version) const;

  std::filesystem::path folder_;
  FileDescriptor lock_;
  TufRepository* repository_ = nullptr;  // nothing while offline
  std::optional<TrustedMetadata> trusted_;
  std::optional<TargetsMetadata> targets_;
};

// A name as one path segment: all but letters, digits and "._-~" as %XX, so
// that no role or target name reaches outside of its folder.
std::string quote_segment(std::string_view name);

}  // namespace sigstore
