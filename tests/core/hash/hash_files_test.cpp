// SPDX-License-Identifier: Apache-2.0
#include "core/hash/hash_files.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/hash/mapped_range.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::as_bytes;
using sigstore::ContentDigest;
using sigstore::ErrorKind;
using sigstore::hash_files;
using sigstore::HashAlgorithm;
using sigstore::HashEngine;
using sigstore::HashJob;
using sigstore::HashOptions;
using sigstore::MappedRange;
using sigstore::Result;
using sigstore::RunningDigest;
using sigstore::sha256;

namespace {

Result<std::vector<ContentDigest>> hash_in(const TempFolder& folder,
                                           const std::vector<HashJob>& jobs,
                                           const HashOptions& options = {}) {
  const sigstore::FileDescriptor root(
      open(folder.path().c_str(), O_RDONLY | O_DIRECTORY));
  REQUIRE(root.valid());
  return hash_files(root.get(), jobs, options);
}

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>((i * 131 + i / 251) % 256);
  return text;
}

}  // namespace

TEST_CASE("files of sizes around the buffer's are hashed whole", "[hash]") {
  constexpr std::size_t kMiB = 1024 * 1024;
  const TempFolder folder;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kMiB - 1, kMiB,
                                 kMiB + 1, 2 * kMiB, 3 * kMiB + 17}) {
    CAPTURE(size);
    const std::string content = pattern(size);
    folder.write("f", content);
    const auto digests = hash_in(folder, {{"f", 0, size}});
    REQUIRE(works(digests));
    REQUIRE(digests->size() == 1);
    CHECK((*digests)[0].to_hex() == sha256(as_bytes(content)).to_hex());
  }
}

TEST_CASE("ranges of a file are hashed each by itself", "[hash]") {
  const TempFolder folder;
  const std::string content = pattern(2'500'000);
  folder.write("f", content);
  std::vector<HashJob> jobs;
  constexpr std::size_t kStep = 1'100'000;
  for (std::size_t start = 0; start < content.size(); start += kStep)
    jobs.push_back({"f", start, std::min(kStep, content.size() - start)});
  const auto digests = hash_in(folder, jobs);
  REQUIRE(works(digests));
  REQUIRE(digests->size() == 3);
  for (std::size_t i = 0; i < jobs.size(); ++i)
    CHECK((*digests)[i].to_hex() ==
          sha256(as_bytes(content).subspan(jobs[i].start, jobs[i].size))
              .to_hex());
}

TEST_CASE("digests come in the order of the jobs", "[hash]") {
  const TempFolder folder;
  std::vector<HashJob> jobs;
  std::vector<std::string> expected;
  for (std::size_t i = 0; i < 200; ++i) {
    // Large and small by turns, so that threads overtake one another.
    const std::string content = pattern(i % 7 == 0 ? 300'000 + i : i);
    const std::string name = "d/" + std::to_string(i * 7919 % 1000);
    folder.write(name, content);
    jobs.push_back({name, 0, content.size()});
    expected.push_back(sha256(as_bytes(content)).to_hex());
  }
  const auto digests = hash_in(folder, jobs);
  REQUIRE(works(digests));
  for (std::size_t i = 0; i < jobs.size(); ++i)
    REQUIRE((*digests)[i].to_hex() == expected[i]);
}

TEST_CASE("no jobs give no digests", "[hash]") {
  const TempFolder folder;
  CHECK(hash_in(folder, {}).value().empty());
}

TEST_CASE("files are hashed with BLAKE2b where asked", "[hash]") {
  const TempFolder folder;
  folder.write("f", "abc");
  const auto digests =
      hash_in(folder, {{"f", 0, 3}}, {.algorithm = HashAlgorithm::blake2b});
  REQUIRE(works(digests));
  CHECK((*digests)[0].to_hex() ==
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

TEST_CASE("files are hashed with BLAKE3 where asked", "[hash]") {
  const TempFolder folder;
  folder.write("f", "abc");
  const auto digests =
      hash_in(folder, {{"f", 0, 3}}, {.algorithm = HashAlgorithm::blake3});
  REQUIRE(works(digests));
  CHECK((*digests)[0].to_hex() ==
        "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
}

TEST_CASE("a missing file to hash is not_found and named", "[hash]") {
  const TempFolder folder;
  folder.write("a", "x");
  CHECK(refuses(hash_in(folder, {{"a", 0, 1}, {"sub/absent", 0, 1}}),
                ErrorKind::not_found, "sub/absent"));
}

TEST_CASE("a file that is shorter than its job changed", "[hash]") {
  const TempFolder folder;
  folder.write("f", "12345");
  CHECK(refuses(hash_in(folder, {{"f", 0, 6}}), ErrorKind::content_differs,
                "f changed while it was read"));
  CHECK(refuses(hash_in(folder, {{"f", 3, 3}}), ErrorKind::content_differs,
                "f changed while it was read"));
}

TEST_CASE("a file that is longer than its last job changed", "[hash]") {
  const TempFolder folder;
  folder.write("f", "12345");
  CHECK(refuses(hash_in(folder, {{"f", 0, 4}}), ErrorKind::content_differs,
                "f changed while it was read"));
  CHECK(refuses(hash_in(folder, {{"f", 0, 2}, {"f", 2, 2}}),
                ErrorKind::content_differs, "f changed while it was read"));
}

TEST_CASE("a symbolic link is not followed unless asked", "[hash]") {
  const TempFolder folder;
  folder.write("real/f", "abc");
  folder.link("link", "real/f");
  folder.link("folder", "real");
  CHECK(refuses(hash_in(folder, {{"link", 0, 3}}), ErrorKind::io, "link"));
  CHECK_FALSE(hash_in(folder, {{"folder/f", 0, 3}}).ok());
  const auto followed =
      hash_in(folder, {{"link", 0, 3}}, {.follow_symlinks = true});
  REQUIRE(works(followed));
  CHECK((*followed)[0].to_hex() == sha256(as_bytes("abc")).to_hex());
}

TEST_CASE("a FIFO is not hashed and not waited for", "[hash]") {
  const TempFolder folder;
  folder.make_fifo("pipe");
  CHECK(refuses(hash_in(folder, {{"pipe", 0, 0}}), ErrorKind::io,
                "pipe is not a regular file"));
}

TEST_CASE("a folder is refused", "[hash]") {
  const TempFolder folder;
  folder.make_folder("d");
  CHECK(refuses(hash_in(folder, {{"d", 0, 0}}), ErrorKind::io,
                "d is not a regular file"));
}

TEST_CASE("a file outside of the folder is refused", "[hash]") {
  const TempFolder folder;
  folder.write("outside", "x");
  const sigstore::FileDescriptor root(
      open(folder.make_folder("root").c_str(), O_RDONLY | O_DIRECTORY));
  CHECK_FALSE(hash_files(root.get(), {{"../outside", 0, 1}}, {}).ok());
}

TEST_CASE("an error in one file does not spoil the next run", "[hash]") {
  const TempFolder folder;
  folder.write("f", "abc");
  REQUIRE_FALSE(hash_in(folder, {{"f", 0, 3}, {"absent", 0, 1}}).ok());
  const auto digests = hash_in(folder, {{"f", 0, 3}});
  REQUIRE(works(digests));
  CHECK((*digests)[0].to_hex() == sha256(as_bytes("abc")).to_hex());
}

TEST_CASE("progress never goes back and ends at the whole", "[hash]") {
  const TempFolder folder;
  folder.write("f", pattern(3'000'000));
  std::vector<std::uint64_t> seen;
  HashOptions options;
  options.progress = [&seen](std::uint64_t done) { seen.push_back(done); };
  REQUIRE(works(hash_in(folder, {{"f", 0, 3'000'000}}, options)));
  REQUIRE_FALSE(seen.empty());
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(seen.back() == 3'000'000);
}

TEST_CASE("every engine gives the same digests, whatever the sizes", "[hash]") {
  const TempFolder folder;
  const HashAlgorithm algorithm = GENERATE(
      HashAlgorithm::sha256, HashAlgorithm::blake2b, HashAlgorithm::blake3);
  std::vector<HashJob> jobs;
  std::vector<std::string> expected;
  // One message at a time, which has tests of its own.
  auto one = RunningDigest::create(algorithm);
  REQUIRE(works(one));
  const auto add = [&](std::size_t size) {
    const std::string name = std::to_string(jobs.size());
    const std::string content = pattern(size);
    folder.write(name, content);
    jobs.push_back({name, 0, size});
    one->update(as_bytes(content));
    expected.push_back(one->finish().to_hex());
  };
  constexpr std::size_t kSmall = 256 * 1024;
  for (const std::size_t size : {kSmall - 1, kSmall, kSmall + 1, kSmall + 63,
                                 kSmall + 64, 4 * kSmall - 9, 9 * kSmall + 5})
    add(size);
  for (std::size_t i = 0; i < 20; ++i) add(kSmall + 100'003 * i);
  for (std::size_t i = 0; i < 150; ++i) add(i * 61);
  for (const HashEngine engine :
       {HashEngine::openssl, HashEngine::sha_ni, HashEngine::avx2,
        HashEngine::avx512, HashEngine::best}) {
    const auto digests =
        hash_in(folder, jobs, {.algorithm = algorithm, .engine = engine});
    if (!is_supported(engine)) {
      CHECK(refuses(digests, ErrorKind::unsupported, "cannot run"));
      continue;
    }
    REQUIRE(works(digests));
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      CAPTURE(static_cast<int>(algorithm), static_cast<int>(engine), i,
              jobs[i].size);
      REQUIRE((*digests)[i].to_hex() == expected[i]);
    }
  }
}

TEST_CASE("shards of any size are hashed side by side", "[hash]") {
  const TempFolder folder;
  const HashAlgorithm algorithm = GENERATE(
      HashAlgorithm::sha256, HashAlgorithm::blake2b, HashAlgorithm::blake3);
  auto one = RunningDigest::create(algorithm);
  REQUIRE(works(one));
  const std::string content = pattern(9'000'001);
  folder.write("f", content);
  for (const std::size_t step : {300'001U, 999'983U, 5'000'000U}) {
    std::vector<HashJob> jobs;
    for (std::size_t start = 0; start < content.size(); start += step)
      jobs.push_back(
          {"f", start, std::min<std::size_t>(step, content.size() - start)});
    const auto digests = hash_in(folder, jobs, {.algorithm = algorithm});
    REQUIRE(works(digests));
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      one->update(as_bytes(content).subspan(jobs[i].start, jobs[i].size));
      REQUIRE((*digests)[i] == one->finish());
    }
  }
}

TEST_CASE("long files that change under our eyes are no digest", "[hash]") {
  const HashAlgorithm algorithm = GENERATE(
      HashAlgorithm::sha256, HashAlgorithm::blake2b, HashAlgorithm::blake3);
  using Change = std::function<void(const std::filesystem::path&)>;
  const std::vector<Change> changes{
      [](const auto& path) { std::filesystem::resize_file(path, 0); },
      [](const auto& path) { std::filesystem::resize_file(path, 1'000'001); },
      [](const auto& path) {
        std::ofstream(path, std::ios::app | std::ios::binary) << "more";
      },
      [](const auto& path) {
        std::filesystem::copy_file(path, path.string() + ".new");
        std::filesystem::rename(path.string() + ".new", path);
      },
      [](const auto& path) { std::filesystem::remove(path); }};
  for (std::size_t which = 0; which < changes.size(); ++which) {
    const TempFolder folder;
    std::vector<HashJob> jobs;
    for (std::size_t i = 0; i < 8; ++i) {
      folder.write(std::to_string(i), pattern(6'000'000));
      jobs.push_back({std::to_string(i), 0, 6'000'000});
    }
    bool changed = false;
    HashOptions options;
    options.algorithm = algorithm;
    options.progress = [&](std::uint64_t) {
      if (changed) return;
      changed = true;
      for (const HashJob& job : jobs) changes[which](folder.at(job.path));
    };
    const auto digests = hash_in(folder, jobs, options);
    CAPTURE(which);
    // The first thread may have come too late to do anything.
    const bool is_gone = which + 1 == changes.size();
    // Or a file was replaced, by an equal one, between two readings.
    const bool is_copy = which + 2 == changes.size();
    if (!changed || digests.ok()) {
      REQUIRE(works(digests));
      CHECK((!changed || is_copy));
      auto one = RunningDigest::create(algorithm);
      REQUIRE(works(one));
      one->update(as_bytes(pattern(6'000'000)));
      const ContentDigest expected = one->finish();
      for (const ContentDigest& digest : *digests) CHECK(digest == expected);
    } else if (is_gone && digests.error().kind == ErrorKind::not_found) {
      CHECK(refuses(digests, ErrorKind::not_found, "cannot open"));
    } else {
      CHECK(refuses(digests, ErrorKind::content_differs,
                    "changed while it was read"));
    }
  }
}

TEST_CASE("holes in a file are zeros", "[hash]") {
  const TempFolder folder;
  const HashAlgorithm algorithm = GENERATE(
      HashAlgorithm::sha256, HashAlgorithm::blake2b, HashAlgorithm::blake3);
  auto one = RunningDigest::create(algorithm);
  REQUIRE(works(one));
  std::string content = "start" + std::string(9'000'000, '\0');
  folder.write("short", content.substr(0, 5));
  folder.write("long", content.substr(0, 5));
  std::filesystem::resize_file(folder.at("short"), 100'000);
  std::filesystem::resize_file(folder.at("long"), content.size());
  const auto digests =
      hash_in(folder, {{"short", 0, 100'000}, {"long", 0, content.size()}},
              {.algorithm = algorithm});
  REQUIRE(works(digests));
  one->update(as_bytes(content).first(100'000));
  CHECK((*digests)[0] == one->finish());
  one->update(as_bytes(content));
  CHECK((*digests)[1] == one->finish());
}

TEST_CASE("a mapping that loses its file reads as zeros, and says so",
          "[hash]") {
  const TempFolder folder;
  folder.write("f", std::string(1 << 20, 'x'));
  const sigstore::FileDescriptor file(
      open(folder.at("f").c_str(), O_RDONLY | O_CLOEXEC));
  const sigstore::MappingGuard guard;
  const MappedRange range(file.get(), 100, (1 << 20) - 100);
  REQUIRE(range.valid());
  MappedRange::forget_lost();
  CHECK(range.data()[0] == 'x');
  CHECK_FALSE(MappedRange::lost_bytes());
  std::filesystem::resize_file(folder.at("f"), 0);
  CHECK(range.data()[500'000] == 0);
  CHECK(MappedRange::lost_bytes());
}
