// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/result.h"

namespace sigstore::git {

// What a git-lfs pointer says: the SHA-256 and size of the real file.
struct LfsPointer {
  Sha256Digest oid;
  std::int64_t size = 0;  // bytes, at least 1
};

// git-lfs specification, "The Pointer", in its canonical form only:
//
//   version https://git-lfs.github.com/spec/v1\n
//   oid sha256:<64 lower-case hexadecimal digits>\n
//   size <decimal, at least 1, no sign or leading zero>\n
//
// Nothing when the blob is plain content for git-lfs too. unsafe_tree for all
// that git-lfs would still take for a pointer (CRLF, blank lines, other
// version URLs, "size 0", extensions, ...): one reader would see a pointer
// where another sees content.
Result<std::optional<LfsPointer>> parse_lfs_pointer(ByteView blob);

std::string write_lfs_pointer(const LfsPointer& pointer);

}  // namespace sigstore::git
