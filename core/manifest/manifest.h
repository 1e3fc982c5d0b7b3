// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/hash/hash_algorithm.h"

namespace sigstore {

// OMS v1.0 5.2: how the files of a model become resources.
enum class Method : std::uint8_t { files, shards };

inline constexpr std::int64_t kDefaultShardSize = 1'000'000'000;  // bytes

struct Parameters {
  Method method = Method::files;
  HashAlgorithm hash_type = HashAlgorithm::sha256;
  std::int64_t shard_size = 0;  // bytes; only for shards
  bool allow_symlinks = false;
  std::vector<std::string> ignore_paths = {};  // as recorded, canonical
};

// One signed thing: a file by its path, or a shard as "path:start:end".
struct Resource {
  std::string name;
  ContentDigest digest;
  bool operator==(const Resource&) const = default;
};

// What a signature covers.
struct Manifest {
  Parameters parameters;
  std::vector<Resource> resources;  // sorted by name, as bytes; unique
  std::uint64_t total_size = 0;     // bytes of the model; 0 if unknown
};

// Sorts into the order of OMS v1.0 5.2.1: Unicode code points of the name,
// which for UTF-8 is the order of its bytes. invalid_input on a name twice.
Result<void> sort_resources(std::vector<Resource>& resources);

// OMS v1.0 6.5.1: SHA-256 of the raw digests in the order given.
Sha256Digest root_digest(const std::vector<Resource>& resources);

// OMS v1.0 6.1.2: relative, "/" between components, no empty, "." or ".."
// component, valid UTF-8. invalid_input otherwise.
Result<void> check_canonical_path(std::string_view path);

// "path:start:end" taken apart at its last two colons.
struct ShardName {
  std::string_view path;
  std::int64_t start = 0;
  std::int64_t end = 0;
};
Result<ShardName> parse_shard_name(std::string_view name);
std::string shard_name(std::string_view path, std::int64_t start,
                       std::int64_t end);

// How a model differs from what was signed, by path.
struct Difference {
  std::vector<std::string> missing;
  std::vector<std::string> extra;
  std::vector<std::string> changed;
  bool empty() const {
    return missing.empty() && extra.empty() && changed.empty();
  }
};

// Needs both sorted. A file whose shards do not all match is changed.
Difference compare(const Manifest& signed_manifest, const Manifest& actual);

// content_differs with at most three paths in its message and all of them in
// its details; nothing for an empty difference.
Result<void> check_no_difference(const Difference& difference);

}  // namespace sigstore
