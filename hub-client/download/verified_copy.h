// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "hub-client/download/download.h"

namespace sigstore::hub {

// Fills wanted.partial with a file that is here already, and hashes the copy:
// blocks are shared where the file system can, otherwise the kernel copies.
// True when the copy has every digest, and may go to its place. False when it
// has not, or there is nothing to read: then nothing is left of it. io when
// nothing can be written.
Result<bool> copy_verified(const std::filesystem::path& from,
                           const WantedFile& wanted);

// Has one content to be in both places, by listing and signature? Pure. False
// where that is not plain to see.
bool same_content(const WantedFile& one, const WantedFile& other);

}  // namespace sigstore::hub
