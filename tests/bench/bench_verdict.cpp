// SPDX-License-Identifier: Apache-2.0
//
// bench-verdict FOLDER: the seconds that it takes, in this process, to find
// that a commit verified before among a thousand others.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

#include "core/app/verdict_cache.h"
#include "core/base/limits.h"
#include "core/crypto/private_key.h"

namespace sigstore {
namespace {

CommitQuestion question(std::size_t number) {
  std::string id = std::to_string(number);
  id.insert(0, 40 - id.size(), '0');
  return {*RepoId::parse("org/model"), "refs/heads/main",
          git::CommitId{*git::ObjectId::parse_hex(id)}, true,
          Timestamp{1767225600}};
}

Result<double> measure(const std::filesystem::path& folder) {
  constexpr std::size_t kLookups = 1000;
  const VerdictCache cache(folder / "verdicts");
  TRY_ASSIGN(const PrivateKey key, PrivateKey::generate(Curve::p256));
  RepositoryTrust trust;
  trust.signers.push_back(
      {key.public_key(), "alice", Timestamp{1767225600}, false});
  CommitVerdict verdict;
  verdict.verified =
      LastVerified{"", Timestamp{1767225600}, {}, "", Timestamp{1767225600}};
  for (std::size_t i = 0; i < kLookups; ++i) {
    verdict.verified->commit = question(i).commit.id.to_hex();
    TRY(cache.store(question(i), {}, trust, verdict));
  }
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < kLookups; ++i)
    if (!cache.find(question(i), {}, trust))
      return fail(ErrorKind::internal, "a verdict was not found");
  const std::chrono::duration<double> taken =
      std::chrono::steady_clock::now() - start;
  return taken.count() / static_cast<double>(kLookups);
}

}  // namespace
}  // namespace sigstore

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: bench-verdict FOLDER\n", stderr);
    return 2;
  }
  const sigstore::Result<double> seconds = sigstore::measure(argv[1]);
  if (!seconds.ok()) {
    std::fprintf(stderr, "bench-verdict: %s\n",
                 seconds.error().message.c_str());
    return 1;
  }
  std::printf("%.9f\n", *seconds);
  return 0;
}
