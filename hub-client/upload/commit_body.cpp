// SPDX-License-Identifier: Apache-2.0
#include "hub-client/upload/commit_body.h"

#include <algorithm>
#include <utility>

#include "core/base/json.h"
#include "core/crypto/message_digest.h"
#include "hub-client/hub/hub_limits.h"
#include "hub-client/hub/listing.h"

namespace sigstore::hub {
namespace {

// ".git" and ".cache" anywhere: the Hub's own clients refuse them, too.
Result<void> check_upload_path(const std::string& path) {
  Result<void> safe = check_path(path);
  if (!safe.ok()) return fail(ErrorKind::invalid_input, safe.error().message);
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string_view part =
        std::string_view(path).substr(start, end - start);
    if (part == ".git" || part == ".cache")
      return fail(ErrorKind::invalid_input, "'", path, "': nothing in ", part,
                  " can be uploaded");
    start = end + 1;
  }
  if (!is_utf8(path))
    return fail(ErrorKind::invalid_input, "the name of a file is not UTF-8: '",
                path, "'");
  return {};
}

void add_line(Bytes& out, std::string_view key, Json value) {
  const std::string line =
      Json{{"key", key}, {"value", std::move(value)}}.dump() + "\n";
  out.insert(out.end(), line.begin(), line.end());
}

Result<void> check_size(const CommitBody& commit) {
  std::size_t size = 0;
  for (const CommitBody::SmallFile& file : commit.small)
    size += file.path.size() + file.content.size() / 3 * 4 + 100;
  size += (commit.large.size() + commit.deleted.size()) * 300;
  if (size > limits::kHubCommit)
    return fail(ErrorKind::invalid_input, "the small files are ", size,
                " bytes in one commit, the most are ", limits::kHubCommit,
                ": keep some of them in LFS by .gitattributes");
  return {};
}

}  // namespace

Result<Bytes> write_commit(const CommitBody& commit) {
  TRY(check_size(commit));
  if (!is_utf8(commit.summary) || !is_utf8(commit.description))
    return fail(ErrorKind::invalid_input, "the commit message is not UTF-8");
  Bytes out;
  Json header = {{"summary", commit.summary},
                 {"description", commit.description}};
  if (commit.parent) header["parentCommit"] = commit.parent->id.to_hex();
  add_line(out, "header", std::move(header));
  for (const CommitBody::SmallFile& file : commit.small) {
    TRY(check_upload_path(file.path));
    add_line(out, "file",
             {{"path", file.path},
              {"content", to_base64(file.content)},
              {"encoding", "base64"}});
  }
  for (const CommitBody::LargeFile& file : commit.large) {
    TRY(check_upload_path(file.path));
    add_line(out, "lfsFile",
             {{"path", file.path},
              {"algo", "sha256"},
              {"oid", file.object.oid.to_hex()},
              {"size", file.object.size}});
  }
  for (const std::string& path : commit.deleted) {
    TRY(check_upload_path(path));
    add_line(out, "deletedFile", {{"path", path}});
  }
  return out;
}

Result<std::string> blob_id(ByteView content) {
  TRY_ASSIGN(MessageDigest digest,
             MessageDigest::create(DigestAlgorithm::sha1));
  digest.update(as_bytes(concat("blob ", content.size(), '\0')));
  digest.update(content);
  return digest.finish().to_hex();
}

}  // namespace sigstore::hub
