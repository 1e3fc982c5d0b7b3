// SPDX-License-Identifier: Apache-2.0
#include "hub-client/signing_options.h"

#include "core/app/key_file.h"
#include "core/app/settings.h"
#include "core/app/token_key.h"
#include "core/sign/certificate_signer.h"
#include "core/verify/verified_bundle.h"

namespace sigstore::hub {
namespace {

Result<std::unique_ptr<SigningKey>> open_key(const SigningOptions& options,
                                             const Terminal& terminal) {
  std::unique_ptr<SigningKey> key;
  if (options.pkcs11_uri.empty()) {
    TRY_ASSIGN(
        PrivateKey file,
        read_private_key(options.key, password_source(options.password)));
    key = std::make_unique<PrivateKey>(std::move(file));
    return key;
  }
  TRY_ASSIGN(Pkcs11Key token,
             open_token_key(options.pkcs11_uri, options.password, terminal));
  key = std::make_unique<Pkcs11Key>(std::move(token));
  return key;
}

// The signer's certificate, then those of the chain as they were named.
Result<std::vector<Certificate>> read_chain(const SigningOptions& options) {
  TRY_ASSIGN(std::vector<Certificate> chain,
             read_certificates(options.signing_certificate));
  if (chain.size() != 1)
    return fail(ErrorKind::invalid_input, options.signing_certificate,
                ": several certificates, the signer's alone is wanted");
  for (const std::string& path : options.certificate_chains) {
    TRY_ASSIGN(const std::vector<Certificate> more, read_certificates(path));
    chain.insert(chain.end(), more.begin(), more.end());
  }
  return chain;
}

Result<void> check_one_signer(const SigningOptions& options) {
  const bool certificate = !options.signing_certificate.empty();
  if (certificate != !options.certificate_chains.empty())
    return fail(ErrorKind::invalid_input,
                "--signing-certificate and --certificate-chain belong "
                "together");
  if (options.key.empty() && options.pkcs11_uri.empty() && certificate)
    return fail(ErrorKind::invalid_input,
                "--signing-certificate needs the key it is for: --key, "
                "--pkcs11-uri");
  std::string first;
  for (const auto& [name, value] :
       {std::pair("--key", options.key),
        std::pair("--pkcs11-uri", options.pkcs11_uri),
        std::pair("--identity-token-file", options.identity.token_file)}) {
    if (value.empty()) continue;
    if (!first.empty())
      return fail(ErrorKind::invalid_input, first, " and ", name,
                  " are two signers, name one");
    first = name;
  }
  return {};
}

}  // namespace

void add_signing_options(CommandLine command, SigningOptions& options) {
  command.add_option("--key", options.key, "Private key (PEM)");
  command.add_option("--pkcs11-uri", options.pkcs11_uri,
                     "Private key in a token (RFC 7512, with module-path)");
  add_password_options(command, options.password);
  command.add_option("--signing-certificate", options.signing_certificate,
                     "Certificate of the key (PEM), to sign with it");
  command
      .add_option("--certificate-chain", options.certificate_chains,
                  "Authorities of that certificate, each one's issuer next "
                  "(PEM, repeatable)")
      .one_value_each();
  command.add_option("--identity-token-file", options.identity.token_file,
                     "File with an OIDC identity token, in the place of "
                     "SIGSTORE_ID_TOKEN or the CI system's");
  command.add_option("--signing-config", options.identity.signing_config,
                     "Services that sign identities (JSON)");
  command.add_option("--trusted-root", options.identity.trusted_root,
                     "Logs and authorities to check them with (JSON)");
  command.add_option("--trust-config", options.identity.trust_config,
                     "Both in one file (JSON)");
  command.add_option("--instance", options.identity.instance,
                     "URL of an instance that trust-instance made known "
                     "(default: the public one)");
}

Result<ChosenSigner> ChosenSigner::choose(const SigningOptions& options,
                                          const Terminal& terminal) {
  TRY(check_one_signer(options));
  ChosenSigner chosen;
  if (options.key.empty() && options.pkcs11_uri.empty()) {
    auto session = IdentitySession::open(options.identity, terminal);
    // Who forgot the key does not think of identities.
    if (!session.ok() && options.identity.token_file.empty())
      return std::move(session).error().context(
          "signing with an identity, as there is no --key");
    TRY_ASSIGN(chosen.session_, std::move(session));
    return chosen;
  }
  TRY_ASSIGN(chosen.key_, open_key(options, terminal));
  if (options.signing_certificate.empty())
    chosen.signer_ = std::make_unique<KeySigner>(*chosen.key_);
  else
    TRY(chosen.add_certificate(options));
  return chosen;
}

Result<void> ChosenSigner::add_certificate(const SigningOptions& options) {
  TRY_ASSIGN(std::vector<Certificate> chain, read_chain(options));
  TRY_ASSIGN(CertificateSigner signer,
             CertificateSigner::create(*key_, std::move(chain), current_time));
  certificate_ = signer.certificate().subject();
  signer_ = std::make_unique<CertificateSigner>(std::move(signer));
  return {};
}

StatementSigner& ChosenSigner::signer() {
  if (session_) return session_->signer();
  return *signer_;
}

Signatory ChosenSigner::signatory() const {
  if (session_) {
    const Identity& who = *session_->signer().identity();
    return {describe_signer(who),
            {{"identity", who.name.value}, {"issuer", who.issuer}}};
  }
  const std::string& fingerprint = key_->public_key().fingerprint();
  if (certificate_.empty())
    return {"key " + fingerprint, {{"keyFingerprint", fingerprint}}};
  return {"certificate " + certificate_,
          {{"certificate", certificate_}, {"keyFingerprint", fingerprint}}};
}

}  // namespace sigstore::hub
