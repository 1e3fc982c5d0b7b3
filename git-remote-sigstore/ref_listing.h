// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/app/gate.h"
#include "core/base/result.h"

namespace sigstore {

// One line of an ls-refs answer (gitprotocol-v2(5)): "<oid> <name>
// [symref-target:<name>] [peeled:<oid>]", or "unborn <name> ...".
Result<void> add_listed_ref(std::string_view line, RefListing& listing);

// One line of the answer to `list` (gitremote-helpers(7)): "<oid> <name>
// [<attribute> ...]", "@<target> <name>" for a symbolic ref, "? <name>" for
// one without a known value, ":<keyword> <value>", or nothing.
Result<void> add_helper_ref(std::string_view line, RefListing& listing);

}  // namespace sigstore
