// SPDX-License-Identifier: Apache-2.0
#include "core/app/digest_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>
#include <utility>

#include "core/app/settings.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/crypto/random.h"

namespace sigstore {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeySize = 32;

// A key that others could read or write proves nothing.
Result<Bytes> read_key(const fs::path& path) {
  const FileDescriptor file(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (!file.valid() || fstat(file.get(), &status) != 0)
    return fail(ErrorKind::not_found, "there is no ", path.string());
  if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() ||
      (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(ErrorKind::invalid_input, path.string(),
                " is not the user's alone");
  TRY_ASSIGN(Bytes key, read_all(file.get(), kKeySize, path.string()));
  if (key.size() != kKeySize)
    return fail(ErrorKind::invalid_input, path.string(), " is damaged");
  return key;
}

Result<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return {};
  return fail(ErrorKind::io, "cannot create ", folder.string(), ": ",
              error.message());
}

// Of two programs that make it at once one is first, and both read that key;
// where none can be made there is none to read.
Result<Bytes> make_key(const fs::path& path) {
  TRY(make_folder(path.parent_path()));
  TRY_ASSIGN(const Bytes key, random_bytes(kKeySize));
  static_cast<void>(write_new_file(path, key, 0600));
  return read_key(path);
}

// "" for a model that is not there, and so will be told soon enough.
std::string name_of(const fs::path& model) {
  std::error_code error;
  fs::path folder = model;
  if (!fs::is_directory(folder, error)) folder = folder.parent_path();
  struct stat status {};
  if (stat(folder.empty() ? "." : folder.c_str(), &status) != 0) return {};
  return sha256(as_bytes(concat(status.st_dev, " ", status.st_ino))).to_hex();
}

}  // namespace

DigestCache DigestCache::open(const fs::path& model) {
  const Timestamp now = current_time();
  DigestCache cache{KnownDigests(now)};
  const Result<fs::path> folder = cache_folder();
  const Result<fs::path> data = data_folder();
  const std::string name = name_of(model);
  if (!folder.ok() || !data.ok() || name.empty()) return cache;
  cache.path_ = *folder / "digests" / name;
  cache.key_path_ = *data / "digests.key";
  const Result<Bytes> key = read_key(cache.key_path_);
  if (!key.ok()) return cache;
  const Result<Bytes> sealed = read_file(cache.path_, limits::kKnownFile);
  if (!sealed.ok()) return cache;
  Result<KnownDigests> known = KnownDigests::unseal(*sealed, *key, now);
  if (known.ok()) cache.known_ = std::move(known).value();
  return cache;
}

void DigestCache::store() const {
  if (path_.empty() || !known_.has_news()) return;
  Result<Bytes> key = read_key(key_path_);
  if (!key.ok() && key.error().kind == ErrorKind::not_found)
    key = make_key(key_path_);
  if (!key.ok() || !make_folder(path_.parent_path()).ok()) return;
  if (!write_file_atomic(path_, known_.seal(*key), 0600).ok()) return;
  drop_oldest_files(path_.parent_path(), limits::kKnownFiles);
}

}  // namespace sigstore
