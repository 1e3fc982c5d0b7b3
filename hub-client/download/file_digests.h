// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/message_digest.h"
#include "hub-client/download/download.h"

namespace sigstore::hub {

// Every digest that the content of one file has to have, taken of its bytes in
// order; equal ones are computed once.
class FileDigests {
 public:
  // content_differs where listing and signature contradict each other already;
  // invalid_input where the resources of the signature are not those of one
  // file; unsupported for an algorithm that this build has not.
  static Result<FileDigests> create(std::string_view path, std::uint64_t size,
                                    const Expected& expected);

  // The next bytes, in all no more than `size`. content_differs as soon as a
  // digest is another than the expected one.
  Result<void> update(ByteView bytes);
  // Needs all of them.
  Result<void> finish();

 private:
  struct Check {
    std::string what;  // "sha256", "sha256 of bytes 0 to 1000"
    RunningDigest digest;
    ContentDigest expected;
    std::uint64_t end = 0;  // of a shard
  };

  explicit FileDigests(std::string_view path) : path_(path) {}
  Result<void> add_git_blob(std::uint64_t size, std::string_view expected);
  Result<void> add_whole(std::string_view name, HashAlgorithm algorithm,
                         const ContentDigest& expected);
  Result<void> add_shards(std::uint64_t size, const Expected& expected);
  Result<void> compare(Check& check) const;

  std::string path_;
  std::vector<Check> whole_;
  std::deque<Check> shards_;  // in order; the first is being hashed
  std::uint64_t at_ = 0;
};

// Does an open file have these digests? False as well when it has another
// size. `path` is for errors.
Result<bool> has_digests(int fd, std::string_view path, std::uint64_t size,
                         const Expected& expected);

}  // namespace sigstore::hub
