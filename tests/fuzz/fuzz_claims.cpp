// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "hub-client/bundle_claims.h"
#include "hub-client/claims.h"
#include "tests/fuzz/fuzz.h"

// A claims.jsonl that is read parses when all its lines are bundles; what is
// added to it takes nothing away.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  using sigstore::hub::add_claims;
  using sigstore::hub::Claim;
  using sigstore::hub::parse_claim;
  using sigstore::hub::read_bundle_claims;
  using sigstore::hub::split_claims;
  using sigstore::hub::to_claim_line;
  const std::string_view text = sigstore::as_text({data, size});
  const auto claims = split_claims(text);
  if (!claims.ok()) return sigstore::finish(false);
  bool all_parse = !claims->empty();
  std::vector<std::string> lines;
  for (const Claim& claim : *claims) {
    require(claim.text.find('\n') == std::string_view::npos, "one line");
    const auto bundle = parse_claim(claim);
    const bool parses = bundle.ok() && read_bundle_claims(*bundle).ok();
    all_parse = all_parse && parses;
    if (!bundle.ok()) continue;
    const auto line = to_claim_line(claim.text);
    if (line.ok()) lines.push_back(*line);
  }
  const auto more = add_claims(text, lines);
  if (more.ok()) {
    require(more->starts_with(text), "nothing is lost");
    const auto again = add_claims(*more, lines);
    require(again.ok() && *again == *more, "what is there is not added");
  }
  return sigstore::finish(all_parse);
}
