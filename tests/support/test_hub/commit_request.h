// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace test_hub {

/// A line of a commit's body after the first.
struct Operation {
  enum class Kind { file, lfs_file, remove, remove_folder, rename };

  Kind kind = Kind::file;
  std::string path;
  std::string content = {};   // of a file
  std::string oid = {};       // of an lfs_file
  std::uint64_t size = 0;     // of an lfs_file
  std::string old_path = {};  // of a rename
};

/// The body of a commit call (hub.md 1.11).
struct CommitRequest {
  std::string summary;
  std::string description = {};
  std::string parent = {};
  std::vector<Operation> operations = {};
};

/// Nothing, with the complaint set, when the Hub would answer 400.
std::optional<CommitRequest> parse_commit_request(const std::string& body,
                                                  std::string& complaint);

}  // namespace test_hub
