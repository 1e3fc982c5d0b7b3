// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/result.h"

namespace sigstore {

// Whoever needs what was fetched of an instance looks for something newer
// first, once a day at most; what was never fetched stays so. `instance` as in
// sigstore.instance, "" for the public one. A child does it, so that a program
// that verifies need not load libcurl.
//
// A network that is not there changes nothing: what is stored is good for as
// long as it says (sigstore.md 5.3). An answer that does not verify is an
// error, today and until it does.
Result<void> refresh_daily(std::string_view instance);

}  // namespace sigstore
