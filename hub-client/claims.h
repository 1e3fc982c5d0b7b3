// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/bundle/bundle.h"

namespace sigstore::hub {

// claims.jsonl: what people attest of a model, one Sigstore bundle a line.
// Anybody may have written a line: one that is broken speaks for itself alone.
inline constexpr std::string_view kClaimsName = "claims.jsonl";

struct Claim {
  std::size_t line = 0;   // from 1
  std::string_view text;  // without the line's end
};

// Every line that is not blank. invalid_input for more than limits::kClaims of
// them, or more than limits::kClaimsFile bytes. `text` lives longer.
Result<std::vector<Claim>> split_claims(std::string_view text);

// invalid_input also for more than limits::kClaimLine bytes.
Result<Bundle> parse_claim(const Claim& claim);

// A bundle as a line: JSON without any end of a line in it, the same bundle.
Result<std::string> to_claim_line(std::string_view bundle);

// `old` as it was, byte for byte, and behind it those of `lines` that it does
// not have yet.
Result<std::string> add_claims(std::string_view old,
                               const std::vector<std::string>& lines);

}  // namespace sigstore::hub
