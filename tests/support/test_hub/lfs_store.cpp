// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/lfs_store.h"

#include <array>
#include <system_error>

#include "tests/support/test_hub/digest.h"

namespace test_hub {

std::filesystem::path lfs_object_path(const std::filesystem::path& root,
                                      const std::string& oid) {
  return root / "lfs" / oid.substr(0, 2) / oid.substr(2, 2) / oid;
}

std::optional<std::uint64_t> find_lfs_object(const std::filesystem::path& root,
                                             const std::string& oid) {
  std::error_code error;
  const auto size =
      std::filesystem::file_size(lfs_object_path(root, oid), error);
  if (error) return std::nullopt;
  return size;
}

LfsUpload::LfsUpload(const std::filesystem::path& spool)
    : file_(make_temporary_file(spool)), digest_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr);
}

LfsUpload::~LfsUpload() {
  std::error_code ignored;
  if (file_) std::filesystem::remove(file_->path, ignored);
}

bool LfsUpload::write(std::string_view bytes) {
  if (!file_) return false;
  EVP_DigestUpdate(digest_.get(), bytes.data(), bytes.size());
  return write_all(file_->descriptor.get(), bytes);
}

LfsUpload::Outcome LfsUpload::store(const std::filesystem::path& root,
                                    const std::string& oid) {
  if (!file_) return Outcome::failed;
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash = {};
  unsigned size = 0;
  if (EVP_DigestFinal_ex(digest_.get(), hash.data(), &size) != 1) {
    return Outcome::failed;
  }
  if (to_hex({reinterpret_cast<const char*>(hash.data()), size}) != oid)
    return Outcome::wrong_hash;

  const auto path = lfs_object_path(root, oid);
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) return Outcome::failed;
  std::filesystem::rename(file_->path, path, error);
  if (error) return Outcome::failed;
  file_.reset();
  return Outcome::stored;
}

}  // namespace test_hub
