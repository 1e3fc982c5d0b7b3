// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/app/gate.h"
#include "core/base/result.h"

namespace sigstore {

// One line of an ls-refs answer (gitprotocol-v2(5)): "<oid> <name>
// [symref-target:<name>] [peeled:<oid>]", or "unborn <name> ...".
Result<void> add_listed_ref(std::string_view line, RefListing& listing);

}  // namespace sigstore
