// SPDX-License-Identifier: Apache-2.0
#include "core/app/commit_signer.h"

#include <utility>

#include "core/app/identity_signing.h"
#include "core/app/key_file.h"
#include "core/app/terminal.h"
#include "core/app/token_key.h"
#include "core/app/trust_material.h"

namespace sigstore {

struct CommitSigner::IdentityPart {
  IdentityOptions options;
  Terminal terminal{"sigstore"};
  std::unique_ptr<IdentitySession> session;
  std::optional<Error> why_not;
  std::optional<TrustMaterial> trust;
  std::vector<SignerRule> rules;

  Result<IdentitySession*> open();
  Result<void> read_trust();
};

namespace {

// sigstore.key: a file, or a PKCS#11 URI. What stands in a configuration is
// read by many programs, and shown by some.
Result<std::unique_ptr<SigningKey>> open_key(const std::string& key,
                                             const PasswordOptions& password) {
  std::unique_ptr<SigningKey> opened;
  if (!key.starts_with("pkcs11:")) {
    TRY_ASSIGN(PrivateKey file,
               read_private_key(key, password_source(password)));
    opened = std::make_unique<PrivateKey>(std::move(file));
    return opened;
  }
  TRY_ASSIGN(const Pkcs11Uri uri, Pkcs11Uri::parse(key));
  if (uri.pin_value)
    return fail(ErrorKind::invalid_input,
                "the PKCS#11 URI has the PIN itself (pin-value), and git shows "
                "its configuration to whoever asks; name a file by pin-source "
                "or sigstore.passwordFile");
  TRY_ASSIGN(Pkcs11Key token,
             open_token_key(key, password, Terminal("sigstore")));
  opened = std::make_unique<Pkcs11Key>(std::move(token));
  return opened;
}

}  // namespace

Result<IdentitySession*> CommitSigner::IdentityPart::open() {
  if (session) return session.get();
  if (why_not) return *why_not;
  auto opened = IdentitySession::open(options, terminal);
  if (!opened.ok()) {
    why_not = opened.error();
    return std::move(opened).error();
  }
  session = std::move(*opened);
  return session.get();
}

Result<void> CommitSigner::IdentityPart::read_trust() {
  if (trust) return {};
  TRY_ASSIGN(trust,
             load_trust_material({options.trusted_root, options.instance},
                                 current_time()));
  return {};
}

CommitSigner::CommitSigner(std::unique_ptr<SigningKey> key)
    : key_(std::move(key)) {
  own_keys_.push_back(key_->public_key());
}
CommitSigner::CommitSigner(std::unique_ptr<IdentityPart> identity)
    : identity_(std::move(identity)) {}
CommitSigner::CommitSigner(CommitSigner&& other) noexcept = default;
CommitSigner& CommitSigner::operator=(CommitSigner&& other) noexcept = default;
CommitSigner::~CommitSigner() = default;

Result<CommitSigner> CommitSigner::by_settings(const Settings& settings) {
  if (settings.sign_with == SignWith::identity) {
    auto identity = std::make_unique<IdentityPart>();
    identity->options.token_file = settings.identity_token_file;
    identity->options.trusted_root = settings.trusted_root;
    identity->options.signing_config = settings.signing_config;
    identity->options.instance = settings.instance;
    identity->options.needs_name = true;
    return CommitSigner(std::move(identity));
  }
  if (settings.key.empty())
    return fail(ErrorKind::not_found,
                "no signing key is set (git config --global sigstore.key "
                "PRIVATE_KEY.pem, or sigstore.signWith identity)");
  TRY_ASSIGN(std::unique_ptr<SigningKey> key,
             open_key(settings.key, settings.password));
  return CommitSigner(std::move(key));
}

Result<void> CommitSigner::look_at_token() {
  if (!identity_ || !has_given_token(identity_->options)) return {};
  TRY(identity_->open());
  return {};
}

Result<void> CommitSigner::expect_own(const RepositoryTrust& trust,
                                      VerifyRequest& request) {
  request.keys = own_keys_;
  if (!identity_) return {};
  TRY(identity_->read_trust());
  identity_->rules.clear();
  if (has_given_token(identity_->options)) static_cast<void>(identity_->open());
  if (identity_->session) {
    identity_->rules = identity_->session->own();
  } else {
    for (const TrustedSigner& signer : trust.signers)
      if (const auto* rule = std::get_if<SignerRule>(&signer.who))
        identity_->rules.push_back(*rule);
  }
  request.identities = identity_->rules;
  request.trusted_root = &identity_->trust->root;
  request.now = current_time();
  return {};
}

bool CommitSigner::learn_identity() {
  return identity_ && !identity_->session && !identity_->why_not &&
         identity_->open().ok();
}

Result<SignedModel> CommitSigner::sign(Content& content, SignRequest request) {
  if (key_) return sign_model(content, *key_, std::move(request));
  TRY_ASSIGN(IdentitySession * session, identity_->open());
  return sign_model(content, session->signer(), std::move(request));
}

}  // namespace sigstore
