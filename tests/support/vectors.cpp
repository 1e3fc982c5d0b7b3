// SPDX-License-Identifier: Apache-2.0
#include "tests/support/vectors.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "tests/core/refuses.h"

std::optional<std::filesystem::path> find_vectors() {
  const char* set = std::getenv("SIGSTORE_VECTORS");
  const std::filesystem::path folder =
      set != nullptr
          ? std::filesystem::path(set)
          : std::filesystem::path(TEST_SOURCE_DIR) / "../../shared/vectors";
  std::error_code error;
  if (std::filesystem::is_directory(folder / "oms", error)) return folder;
  const std::string why = "no folder " + (folder / "oms").string();
  if (std::getenv("CI") != nullptr) FAIL("vectors: " + why);
  std::cout << "NOT RUN: vectors: " << why << "\n";
  return std::nullopt;
}

sigstore::Bytes read_vector(const std::filesystem::path& path) {
  auto bytes = sigstore::read_file(path, sigstore::limits::kBundle);
  REQUIRE(works(bytes));
  return std::move(*bytes);
}

std::vector<std::filesystem::path> list_vectors(
    const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  REQUIRE_FALSE(files.empty());
  return files;
}
