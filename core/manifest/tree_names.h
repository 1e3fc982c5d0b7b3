// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace sigstore {

// What a name becomes on file systems that fold case and composition: two
// names of a folder that fold to the same text are one file on macOS (HFS+,
// APFS) or Windows. Unicode canonical caseless matching (Unicode 3.13, D145),
// without the code points that are invisible. Needs valid UTF-8.
std::string fold_name(std::string_view name);

// The characters of ASCII, which compose with nothing.
bool is_ascii(std::string_view text);

// A name that git, on such a file system, would take for one that it obeys:
// ".GITATTRIBUTES", ".gitmodules" with an invisible character, "GITATT~1".
// unsafe_tree naming it. The name itself in its plain spelling is fine.
Result<void> check_disguise(std::string_view name);

}  // namespace sigstore
