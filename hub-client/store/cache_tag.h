// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sigstore::hub {

// CACHEDIR.TAG, https://bford.info/cachedir/: backups leave such folders out.
inline constexpr std::string_view kCacheTag =
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This file is a cache directory tag created by huggingface_hub.\n"
    "# For information about cache directory tags, see:\n"
    "#\thttps://bford.info/cachedir/\n";

}  // namespace sigstore::hub
