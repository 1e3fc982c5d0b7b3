// SPDX-License-Identifier: Apache-2.0
#include "core/policy/signer_rule.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace sigstore {
namespace {

// The names of oid-info.md, in the spelling of command lines.
constexpr std::array<std::pair<std::string_view, int>, 16> kClaims = {{
    {"build-signer-uri", 9},
    {"build-signer-digest", 10},
    {"runner-environment", 11},
    {"source-repository-uri", 12},
    {"source-repository-digest", 13},
    {"source-repository-ref", 14},
    {"source-repository-identifier", 15},
    {"source-repository-owner-uri", 16},
    {"source-repository-owner-identifier", 17},
    {"build-config-uri", 18},
    {"build-config-digest", 19},
    {"build-trigger", 20},
    {"run-invocation-uri", 21},
    {"source-repository-visibility", 22},
    {"deployment-environment", 23},
    {"token-subject", 24},
}};

std::string_view claim_name(int number) {
  const auto* known =
      std::find_if(kClaims.begin(), kClaims.end(),
                   [&](const auto& row) { return row.second == number; });
  return known == kClaims.end() ? "claim" : known->first;
}

Error differs(std::string_view what, std::string_view found,
              std::string_view expected) {
  return fail(ErrorKind::wrong_signer, what, " '", found, "', expected '",
              expected, "'");
}

Result<void> check_claim(const Certificate& leaf, const CiClaim& claim) {
  TRY_ASSIGN(const std::optional<std::string> value,
             leaf.fulcio_extension(claim.number));
  if (value && *value == claim.value) return {};
  if (value) return differs(claim_name(claim.number), *value, claim.value);
  return fail(ErrorKind::wrong_signer, "the certificate states no ",
              claim_name(claim.number), ", expected '", claim.value, "'");
}

Result<void> check_rule(const Identity& signer, const SignerRule& rule) {
  const std::string& name = signer.name.value;
  const bool fits = rule.is_pattern ? matches_pattern(rule.identity, name)
                                    : rule.identity == name;
  if (!fits) return differs("signed by", name, rule.identity);
  if (signer.issuer != rule.issuer)
    return differs(concat("signed by ", name, " with the issuer"),
                   signer.issuer, rule.issuer);
  for (const CiClaim& claim : rule.claims) TRY(check_claim(signer.leaf, claim));
  return {};
}

}  // namespace

std::optional<int> claim_number(std::string_view name) {
  const auto* known =
      std::find_if(kClaims.begin(), kClaims.end(),
                   [&](const auto& row) { return row.first == name; });
  if (known == kClaims.end()) return std::nullopt;
  return known->second;
}

std::vector<std::string> claim_names() {
  std::vector<std::string> names;
  for (const auto& [name, number] : kClaims) names.emplace_back(name);
  return names;
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  // Where the last "*" stood, and where in the text it has eaten to. A "*"
  // that cannot eat a "/" gives way to the "**" before it.
  struct Star {
    std::size_t pattern = 0;
    std::size_t text = 0;
  };
  std::optional<Star> single;
  std::optional<Star> deep;
  std::size_t p = 0;
  std::size_t t = 0;
  while (true) {
    if (pattern.substr(p).starts_with("**")) {
      p += 2;
      deep = Star{p, t};
      single.reset();
      continue;
    }
    if (p < pattern.size() && pattern[p] == '*') {
      single = Star{++p, t};
      continue;
    }
    if (p == pattern.size() && t == text.size()) return true;
    if (p < pattern.size() && t < text.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
      continue;
    }
    if (single && single->text < text.size() && text[single->text] != '/') {
      p = single->pattern;
      t = ++single->text;
      continue;
    }
    if (!deep || deep->text >= text.size()) return false;
    p = deep->pattern;
    t = ++deep->text;
    single.reset();
  }
}

Result<void> check_signer(const Identity& signer,
                          std::span<const SignerRule> any_of) {
  std::optional<Error> refusal;
  for (const SignerRule& rule : any_of) {
    Result<void> checked = check_rule(signer, rule);
    if (checked.ok()) return {};
    if (checked.error().kind != ErrorKind::wrong_signer) return checked;
    if (!refusal) refusal = std::move(checked).error();
  }
  if (!refusal)
    return fail(ErrorKind::unknown_signer, "signed by ", signer.name.value,
                " (", signer.issuer, "), of whom nothing is known here");
  if (any_of.size() > 1)
    refusal->message += concat(" (or one of ", any_of.size() - 1, " others)");
  return *std::move(refusal);
}

}  // namespace sigstore
