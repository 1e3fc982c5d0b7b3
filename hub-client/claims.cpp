// SPDX-License-Identifier: Apache-2.0
#include "hub-client/claims.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "core/bundle/bundle_json.h"
#include "hub-client/hub/hub_limits.h"

namespace sigstore::hub {
namespace {

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

Result<void> check_size(std::size_t bytes) {
  if (bytes <= limits::kClaimsFile) return {};
  return fail(ErrorKind::invalid_input, kClaimsName, " is longer than ",
              limits::kClaimsFile, " bytes");
}

}  // namespace

Result<std::vector<Claim>> split_claims(std::string_view text) {
  TRY(check_size(text.size()));
  std::vector<Claim> claims;
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (is_blank(line)) continue;
    if (claims.size() == limits::kClaims)
      return fail(ErrorKind::invalid_input, kClaimsName, " has more than ",
                  limits::kClaims, " lines");
    claims.push_back({number, line});
  }
  return claims;
}

Result<Bundle> parse_claim(const Claim& claim) {
  if (claim.text.size() > limits::kClaimLine)
    return fail(ErrorKind::invalid_input, "the line is longer than ",
                limits::kClaimLine, " bytes");
  return parse_bundle(as_bytes(claim.text));
}

Result<std::string> to_claim_line(std::string_view bundle) {
  TRY_ASSIGN(const Json value, parse_json(bundle));
  std::string line = value.dump();
  TRY_ASSIGN(const Bundle before, parse_bundle(as_bytes(bundle)));
  TRY_ASSIGN(const Bundle after, parse_claim({0, line}));
  if (!(before == after))
    return fail(ErrorKind::unsupported, "the bundle does not fit a line");
  return line;
}

Result<std::string> add_claims(std::string_view old,
                               const std::vector<std::string>& lines) {
  TRY_ASSIGN(std::vector<Claim> there, split_claims(old));
  std::string text(old);
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  const std::size_t before = there.size();
  for (const std::string& line : lines) {
    const bool known =
        std::any_of(there.begin(), there.end(),
                    [&](const Claim& claim) { return claim.text == line; });
    if (known) continue;
    there.push_back({0, line});
    text += line + '\n';
  }
  if (there.size() == before) return std::string(old);
  // What was there stays, whatever it is; what is written can be read again.
  TRY(check_size(text.size()));
  if (there.size() > limits::kClaims)
    return fail(ErrorKind::invalid_input, kClaimsName, " has more than ",
                limits::kClaims, " lines then");
  return text;
}

}  // namespace sigstore::hub
