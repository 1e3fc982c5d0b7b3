// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/file.h"
#include "core/crypto/message_digest.h"
#include "core/git/object_name.h"
#include "hub-client/hub/listing.h"
#include "hub-client/store/store.h"

namespace sigstore::hub {

inline git::CommitId commit_of(char digit) {
  return {*git::ObjectId::parse_hex(std::string(40, digit))};
}

// As the Hub lists a file with this content, in git or in LFS.
inline ListedFile plain_file(std::string path, std::string_view content) {
  return {std::move(path), content.size(),
          git::name_object(git::ObjectFormat::sha1, git::ObjectType::blob,
                           as_bytes(content))
              .value()
              .to_hex()};
}
inline ListedFile lfs_file(std::string path, std::string_view content) {
  return {std::move(path), content.size(), std::string(40, 'e'),
          sha256(as_bytes(content))};
}

// Downloads a file: into its partial, and into its place.
inline Result<std::filesystem::path> put(Store& store,
                                         const git::CommitId& commit,
                                         const ListedFile& file,
                                         std::string_view content) {
  TRY_ASSIGN(const std::filesystem::path partial, store.partial_path(file));
  TRY(write_new_file(partial, as_bytes(content), 0600));
  return store.place(commit, file, partial);
}

}  // namespace sigstore::hub
