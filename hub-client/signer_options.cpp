// SPDX-License-Identifier: Apache-2.0
#include "hub-client/signer_options.h"

#include <utility>

#include "core/app/key_file.h"
#include "core/app/trust_refresh.h"

namespace sigstore::hub {
namespace {

Result<CiClaim> parse_claim(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::optional<int> number =
      equals == text.npos ? std::nullopt : claim_number(text.substr(0, equals));
  if (number) return CiClaim{*number, text.substr(equals + 1)};
  std::string names;
  for (const std::string& name : claim_names()) names += " " + name;
  return fail(ErrorKind::invalid_input, "--claim '", text,
              "' is not NAME=VALUE with a name of:", names);
}

Result<std::vector<SignerRule>> read_rules(const SignerOptions& options) {
  const bool exact = !options.identity.empty();
  const bool pattern = !options.identity_pattern.empty();
  if (!exact && !pattern && options.issuer.empty() && options.claims.empty())
    return std::vector<SignerRule>();
  if (exact == pattern || options.issuer.empty())
    return fail(ErrorKind::invalid_input,
                "an identity is --identity or --identity-pattern, together "
                "with --issuer");
  SignerRule rule{exact ? options.identity : options.identity_pattern,
                  pattern,
                  options.issuer,
                  {}};
  for (const std::string& text : options.claims) {
    TRY_ASSIGN(CiClaim claim, parse_claim(text));
    rule.claims.push_back(std::move(claim));
  }
  return std::vector<SignerRule>{std::move(rule)};
}

}  // namespace

void add_signer_options(CommandLine command, SignerOptions& options) {
  command
      .add_option("--key", options.keys,
                  "Public key that may have signed (PEM, repeatable)")
      .one_value_each();
  command.add_option("--identity", options.identity,
                     "Who may have signed: the whole name in the certificate");
  command.add_option("--identity-pattern", options.identity_pattern,
                     "The same as a pattern: * for anything without /, ** for "
                     "anything");
  command.add_option("--issuer", options.issuer,
                     "Who vouches for the identity (URL)");
  command
      .add_option("--claim", options.claims,
                  "NAME=VALUE that the certificate must state (repeatable)")
      .one_value_each();
  command
      .add_option("--certificate-chain", options.certificate_chains,
                  "Authorities of your own that may have certified the signer "
                  "(PEM, repeatable)")
      .one_value_each();
  command.add_option("--trusted-root", options.trusted_root,
                     "Logs and authorities for identities (JSON; default: "
                     "those of the public instance)");
  command.add_option("--instance", options.instance,
                     "URL of an instance that trust-instance made known");
}

Result<ExpectedSigners> load_signers(const SignerOptions& options,
                                     Timestamp now) {
  ExpectedSigners signers;
  for (const std::string& path : options.keys) {
    TRY_ASSIGN(PublicKey key, read_public_key(path));
    signers.keys.push_back(std::move(key));
  }
  for (const std::string& path : options.certificate_chains) {
    TRY_ASSIGN(const std::vector<Certificate> chain, read_certificates(path));
    signers.roots.insert(signers.roots.end(), chain.begin(), chain.end());
  }
  TRY_ASSIGN(signers.identities, read_rules(options));
  const bool needed = !signers.identities.empty() ||
                      !options.trusted_root.empty() ||
                      !options.instance.empty();
  // With nobody named, an identity is still checked, and then said.
  const bool nobody = signers.keys.empty() && signers.roots.empty();
  if (!needed && !nobody) return signers;
  if (options.trusted_root.empty()) TRY(refresh_daily(options.instance));
  Result<TrustMaterial> trust =
      load_trust_material({options.trusted_root, options.instance}, now);
  if (trust.ok())
    signers.trust = std::move(*trust);
  else if (needed)
    return std::move(trust).error();
  return signers;
}

void ExpectedSigners::put_into(VerifyRequest& request) const {
  request.keys = keys;
  request.certificate_roots = roots;
  request.identities = identities;
  if (trust) request.trusted_root = &trust->root;
}

}  // namespace sigstore::hub
