// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/hash/known_digests.h"
#include "hub-client/store/root_folder.h"
#include "hub-client/store/store.h"

namespace sigstore::hub {

struct PresentFile {
  enum class State : std::uint8_t {
    missing,
    differs,  // here, with other content than is listed
    intact,   // what is listed
  };
  State state = State::missing;
  Sha256Digest sha256;  // of the content, when it is intact
};

// Which of the files are in the store already, in the order given. Every one
// is hashed, whatever its name or record says: SHA-256 against the listing
// for files in LFS, else git's SHA-1 of the blob. Of what `known` has nothing
// is read again. `progress` is called now and then with the bytes done.
Result<std::vector<PresentFile>> find_present(
    Store& store, const git::CommitId& commit,
    std::span<const ListedFile> files,
    const std::function<void(std::uint64_t)>& progress = {},
    KnownDigests* known = nullptr);

// Is the file at this path below the root what is listed?
Result<bool> is_intact(const RootFolder& root, const std::string& relative,
                       const ListedFile& file);

}  // namespace sigstore::hub
