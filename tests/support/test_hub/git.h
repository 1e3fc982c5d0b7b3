// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_hub/file.h"
#include "tests/support/test_hub/hub.h"

namespace test_hub {

bool is_repository(const Hub& hub, const Repository& repository);

/// An empty one; false when git fails. format: sha1 or sha256
bool create_repository(Hub& hub, const Repository& repository,
                       const std::string& format);

/// One run of git in a bare repository.
struct GitRun {
  std::vector<std::string> arguments;
  std::string input = {};
  std::vector<std::string> environment = {};  // NAME=value, beside the usual
};

/// What it printed; nothing when it failed.
std::optional<std::string> run_git(Hub& hub, const Repository& repository,
                                   const GitRun& run);

/// The same, for output that is too much for memory. Empty when it failed.
FileDescriptor run_git_to_file(Hub& hub, const Repository& repository,
                               const GitRun& run);

/// The commit of a branch, a tag, a refs/... name or a full id.
std::optional<std::string> resolve_revision(Hub& hub,
                                            const Repository& repository,
                                            const std::string& revision);

/// The pieces between the separators; what follows the last only if not empty.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace test_hub
