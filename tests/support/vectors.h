// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"

// The folder of test vectors that other projects made: $SIGSTORE_VECTORS, else
// ../shared/vectors beside the project. Where there is none, prints "NOT RUN:
// vectors: <why>" and returns nothing, or fails the test when the environment
// has CI.
std::optional<std::filesystem::path> find_vectors();

// Fails the test when the file cannot be read.
sigstore::Bytes read_vector(const std::filesystem::path& path);

// The files of a folder, sorted; fails the test when there are none.
std::vector<std::filesystem::path> list_vectors(
    const std::filesystem::path& folder);
