// SPDX-License-Identifier: Apache-2.0
#include "core/app/trust_file.h"

#include "core/app/settings.h"
#include "core/base/file.h"
#include "core/base/limits.h"

namespace sigstore {

Result<TrustFile> TrustFile::locate() {
  TRY_ASSIGN(const std::filesystem::path folder, data_folder());
  return TrustFile(folder / "trust.json");
}

Result<TrustStore> TrustFile::load() const {
  Result<Bytes> bytes = read_file(path_, limits::kTrustFile);
  if (!bytes.ok() && bytes.error().kind == ErrorKind::not_found)
    return TrustStore();
  if (!bytes.ok()) return std::move(bytes).error();
  return TrustStore::parse(*bytes).context(path_.string());
}

Result<void> TrustFile::update(
    const std::function<Result<void>(TrustStore&)>& change) const {
  constexpr int kSeconds = 30;
  std::error_code error;
  std::filesystem::create_directories(path_.parent_path(), error);
  if (error)
    return fail(ErrorKind::io, "cannot create ", path_.parent_path().string(),
                ": ", error.message());
  TRY_ASSIGN(const FileDescriptor lock,
             lock_file(path_.string() + ".lock", kSeconds));
  TRY_ASSIGN(TrustStore store, load());
  TRY(change(store));
  return write_file_atomic(path_, as_bytes(store.to_json()), 0600);
}

}  // namespace sigstore
