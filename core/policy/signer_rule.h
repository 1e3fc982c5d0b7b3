// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/verify/verified_bundle.h"

namespace sigstore {

// A claim that Fulcio copied from the identity token of a CI system into the
// certificate (fulcio, docs/oid-info.md).
struct CiClaim {
  int number = 0;     // 1.3.6.1.4.1.57264.1.<number>
  std::string value;  // exactly
};

// The number of a claim's name, "source-repository-uri", or nothing.
std::optional<int> claim_number(std::string_view name);
// All names, for help texts: number 9 to 24 in order.
std::vector<std::string> claim_names();

// Whose signature counts: who they are, who vouches for it, and under which
// circumstances. Everything that is set must fit; values are compared whole
// and with case.
struct SignerRule {
  std::string identity;
  // `identity` is a pattern: "*" stands for anything without "/", "**" for
  // anything. It covers the whole name: a pattern that fits a part fits not.
  bool is_pattern = false;
  std::string issuer;
  std::vector<CiClaim> claims;
};

// Is this signer allowed by one of the rules? wrong_signer with what was
// expected when not; unknown_signer when there is no rule.
Result<void> check_signer(const Identity& signer,
                          std::span<const SignerRule> any_of);

// `pattern` as in SignerRule.
bool matches_pattern(std::string_view pattern, std::string_view text);

}  // namespace sigstore
