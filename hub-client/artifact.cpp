// SPDX-License-Identifier: Apache-2.0
#include "hub-client/artifact.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/crypto/message_digest.h"

namespace sigstore::hub {
namespace {

constexpr std::string_view kDigestPrefix = "sha256:";

Bytes to_bytes(const ContentDigest& digest) {
  return Bytes(digest.view().begin(), digest.view().end());
}

// Large files are read once, for three digests.
Result<Artifact> read_file_digests(const std::string& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid())
    return fail(errno == ENOENT ? ErrorKind::not_found : ErrorKind::io,
                "cannot open ", path, ": ", errno_text(errno));
  TRY_ASSIGN(MessageDigest sha256,
             MessageDigest::create(DigestAlgorithm::sha256));
  TRY_ASSIGN(MessageDigest sha384,
             MessageDigest::create(DigestAlgorithm::sha384));
  TRY_ASSIGN(MessageDigest sha512,
             MessageDigest::create(DigestAlgorithm::sha512));
  Artifact artifact;
  artifact.content.emplace();
  // Small enough that a small file does not wait for fresh memory.
  std::vector<std::uint8_t> buffer(64 * limits::kKiB);
  while (true) {
    const ssize_t got = read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(ErrorKind::io, "reading ", path, ": ", errno_text(errno));
    if (got == 0) break;
    const ByteView part(buffer.data(), static_cast<std::size_t>(got));
    sha256.update(part);
    sha384.update(part);
    sha512.update(part);
    if (artifact.content &&
        artifact.content->size() + part.size() > limits::kSignedFile)
      artifact.content.reset();
    if (artifact.content)
      artifact.content->insert(artifact.content->end(), part.begin(),
                               part.end());
  }
  artifact.digests = {to_bytes(sha256.finish()), to_bytes(sha384.finish()),
                      to_bytes(sha512.finish())};
  return artifact;
}

}  // namespace

Result<Artifact> read_artifact(const std::string& path_or_digest) {
  std::error_code error;
  const bool is_path = std::filesystem::exists(path_or_digest, error);
  if (is_path || !path_or_digest.starts_with(kDigestPrefix))
    return read_file_digests(path_or_digest);
  const std::optional<Bytes> digest =
      from_hex(std::string_view(path_or_digest).substr(kDigestPrefix.size()));
  if (!digest || digest->size() != Sha256Digest::kSize)
    return fail(ErrorKind::invalid_input, "'", path_or_digest,
                "' is neither a file nor sha256: and 64 hexadecimal digits");
  Artifact artifact;
  artifact.digests.sha256 = *digest;
  return artifact;
}

}  // namespace sigstore::hub
