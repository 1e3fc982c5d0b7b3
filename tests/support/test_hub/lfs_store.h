// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/test_hub/file.h"

namespace test_hub {

/// The place of an object, whether it is there or not.
std::filesystem::path lfs_object_path(const std::filesystem::path& root,
                                      const std::string& oid);

/// The size of an object that is there.
std::optional<std::uint64_t> find_lfs_object(const std::filesystem::path& root,
                                             const std::string& oid);

/// An object on its way in: hashed while it is written to a spool file, moved
/// to its place only when the hash is its name. Removes the file otherwise.
class LfsUpload {
 public:
  explicit LfsUpload(const std::filesystem::path& spool);
  LfsUpload(const LfsUpload&) = delete;
  LfsUpload& operator=(const LfsUpload&) = delete;
  ~LfsUpload();

  bool write(std::string_view bytes);

  enum class Outcome { stored, wrong_hash, failed };
  Outcome store(const std::filesystem::path& root, const std::string& oid);

 private:
  struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };

  std::optional<TemporaryFile> file_;
  std::unique_ptr<EVP_MD_CTX, FreeDigest> digest_;
};

}  // namespace test_hub
