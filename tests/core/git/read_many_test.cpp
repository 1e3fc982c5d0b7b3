// SPDX-License-Identifier: Apache-2.0
#include "core/git/read_many.h"

#include <atomic>
#include <string>
#include <vector>

#include "core/git/libgit2_reader.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

using sigstore::as_text;
using sigstore::Bytes;
using sigstore::ErrorKind;
using sigstore::fail;
using sigstore::Result;
using sigstore::git::ManyReads;
using sigstore::git::ObjectId;
using sigstore::git::ObjectType;
using sigstore::git::read_many;

namespace {

constexpr std::size_t kLong = 10'000;  // long enough for a second thread

std::vector<ObjectId> two_blobs(const TempRepository& repository,
                                std::size_t count) {
  const ObjectId even = repository.write_blob("even");
  const ObjectId odd = repository.write_blob("odd");
  std::vector<ObjectId> ids;
  for (std::size_t i = 0; i < count; ++i)
    ids.push_back(i % 2 == 0 ? even : odd);
  return ids;
}

}  // namespace

TEST_CASE("every object arrives once, at its place", "[git]") {
  const TempRepository repository;
  const std::vector<ObjectId> ids =
      two_blobs(repository, GENERATE(std::size_t{0}, std::size_t{3}, kLong));
  std::vector<std::atomic<int>> times(ids.size());
  std::atomic<int> wrong = 0;
  int meanwhile = 0;
  ManyReads reads{ObjectType::blob, 10, {}, {}, {}};
  reads.take = [&](std::size_t i, const Bytes& content) -> Result<void> {
    ++times[i];
    if (as_text(content) != (i % 2 == 0 ? "even" : "odd")) ++wrong;
    return {};
  };
  reads.meanwhile = [&]() -> Result<void> {
    ++meanwhile;
    return {};
  };
  CHECK(works(read_many(*repository.objects(), ids, reads)));
  CHECK(wrong == 0);
  CHECK(meanwhile > 0);
  for (const std::atomic<int>& one : times) CHECK(one == 1);
}

TEST_CASE("the first error ends the reading", "[git]") {
  const TempRepository repository;
  std::vector<ObjectId> ids =
      two_blobs(repository, GENERATE(std::size_t{3}, kLong));
  ManyReads reads{ObjectType::blob, 10, {}, {}, {}};
  reads.take = [](std::size_t, const Bytes&) -> Result<void> { return {}; };
  reads.name = [](std::size_t i) { return "number " + std::to_string(i); };
  SECTION("of an object that is not here") {
    ids[ids.size() / 2] = *ObjectId::parse_hex(std::string(40, '7'));
    CHECK(refuses(read_many(*repository.objects(), ids, reads),
                  ErrorKind::incomplete, "7777"));
  }
  SECTION("of another type") {
    reads.type = ObjectType::tree;
    CHECK(refuses(read_many(*repository.objects(), ids, reads),
                  ErrorKind::invalid_input, "another type"));
  }
  SECTION("of the one who takes") {
    reads.take = [](std::size_t i, const Bytes&) -> Result<void> {
      if (i == 2) return fail(ErrorKind::unsafe_tree, "no");
      return {};
    };
    CHECK(refuses(read_many(*repository.objects(), ids, reads),
                  ErrorKind::unsafe_tree, "number 2: no"));
  }
  SECTION("of what runs beside") {
    reads.meanwhile = []() -> Result<void> {
      return fail(ErrorKind::io, "beside");
    };
    CHECK(refuses(read_many(*repository.objects(), ids, reads), ErrorKind::io,
                  "beside"));
  }
}
