// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"

namespace sigstore::hub {

// huggingface_hub's "hf NAME" runs what a manifest below this folder names,
// and never looks at PATH (cli/extensions.py; XDG_DATA_HOME is not heard).
//
//   <home>/.local/share/hf/extensions/hf-sigstore/manifest.json
std::filesystem::path hf_extension_folder(const std::filesystem::path& home);

// "hf sigstore" runs `program` from now on. What hf itself installed under
// this name is not replaced: invalid_input.
Result<void> install_hf_extension(const std::filesystem::path& home,
                                  const std::filesystem::path& program,
                                  Timestamp now);

// False when there was nothing of ours; what hf installed stays.
Result<bool> remove_hf_extension(const std::filesystem::path& home);

}  // namespace sigstore::hub
