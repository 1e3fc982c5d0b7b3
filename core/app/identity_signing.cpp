// SPDX-License-Identifier: Apache-2.0
#include "core/app/identity_signing.h"

#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "core/app/login_agent.h"
#include "core/app/network.h"
#include "core/app/settings.h"
#include "core/app/token_source.h"
#include "core/app/trust_refresh.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/http/retrying_client.h"
#include "core/http/url.h"
#include "core/trust/signing_config.h"

namespace sigstore {
namespace {

// The authority may name the issuer by whom Dex federates, or Dex itself.
std::vector<SignerRule> rules_of(const IdentityToken& token) {
  std::vector<SignerRule> rules{{token.identity(), false, token.issuer(), {}}};
  if (!token.federated_issuer().empty())
    rules.push_back({token.identity(), false, token.federated_issuer(), {}});
  return rules;
}

struct Instance {
  TrustMaterial trust;
  SigningConfig config;
};

Result<Instance> load_trust_config(const std::string& path) {
  TRY_ASSIGN(const Bytes json,
             read_file(path, limits::kTrustedRoot + limits::kSigningConfig));
  TRY_ASSIGN(const ClientTrustConfig both, parse_client_trust_config(json));
  Instance instance;
  TRY_ASSIGN(instance.trust.root,
             parse_trusted_root(as_bytes(both.trusted_root)));
  instance.trust.origin = path;
  TRY_ASSIGN(instance.config,
             parse_signing_config(as_bytes(both.signing_config)));
  return instance;
}

Result<Instance> load_instance(const IdentityOptions& options, Timestamp now) {
  const bool has_others = !options.trusted_root.empty() ||
                          !options.signing_config.empty() ||
                          !options.instance.empty();
  if (!options.trust_config.empty()) {
    if (has_others)
      return fail(ErrorKind::invalid_input,
                  "a trust config holds trusted root and signing config: name "
                  "it, or them");
    return load_trust_config(options.trust_config)
        .context(options.trust_config);
  }
  if (options.trusted_root.empty()) TRY(refresh_daily(options.instance));
  Instance instance;
  TRY_ASSIGN(
      instance.trust,
      load_trust_material({options.trusted_root, options.instance}, now));
  Bytes json = instance.trust.signing_config;
  std::string origin = instance.trust.origin;
  if (!options.signing_config.empty()) {
    origin = options.signing_config;
    TRY_ASSIGN(json, read_file(origin, limits::kSigningConfig));
  } else if (json.empty()) {
    return fail(ErrorKind::not_found, origin,
                " does not say which services sign: name a signing config, or "
                "an instance that hf-sigstore trust-instance made known");
  }
  if (!instance.trust.stale.empty())
    return fail(ErrorKind::stale_trust, instance.trust.stale);
  TRY_ASSIGN(instance.config, parse_signing_config(json).context(origin));
  return instance;
}

std::string list_origins(const ServiceGroup& group) {
  std::string out;
  for (const Service& service : group.services)
    out += concat(out.empty() ? ""
                  : group.any ? " or "
                              : ", ",
                  http::origin_of(service.url));
  return out;
}

// Whom to log in to; "" where the instance names nobody for now.
std::string login_issuer(const SigningConfig& config) {
  const Result<Service> provider =
      select_service(config.identity_providers, {1}, current_time());
  return provider.ok() ? provider->url : std::string();
}

// What the agent kept of a login, if it can be read.
std::optional<KeptCertificate> recall(const std::string& name) {
  std::optional<HeldLogin> held = find_held_login(name);
  if (!held) return std::nullopt;
  Result<PrivateKey> key =
      PrivateKey::from_pem(held->key_pem, []() -> Result<Password> {
        return fail(ErrorKind::unauthorized, "a kept key has no password");
      });
  wipe_text(held->key_pem);
  Result<Certificate> leaf = Certificate::from_der(held->certificate);
  if (!key.ok() || !leaf.ok()) return std::nullopt;
  return KeptCertificate{std::move(*key), std::move(*leaf)};
}

void keep(const std::string& name, const PrivateKey& key,
          const Certificate& leaf, const Terminal& terminal) {
  Result<Bytes> pem = key.export_secret_pem(nullptr);
  if (!pem.ok()) return;
  HeldLogin held{std::string(as_text(*pem)), leaf.der(), leaf.not_after()};
  wipe(*pem);
  if (keep_login(name, held))
    terminal.say(concat("the login is kept until ",
                        leaf.not_after().to_rfc3339(),
                        "; 'hf-sigstore logout' ends it"));
  wipe_text(held.key_pem);
}

// Once a certificate, where somebody looks.
Result<void> announce(const Terminal& terminal,
                      const Publication& publication) {
  if (::isatty(STDERR_FILENO) == 0) return {};
  terminal.say(concat("this becomes public, and stays so: ",
                      publication.identity, " (by ", publication.issuer,
                      ") signed ", publication.digest.to_hex().substr(0, 16),
                      "... now; in the log ", list_origins(publication.logs)));
  return {};
}

}  // namespace

bool has_given_token(const IdentityOptions& options) {
  return !options.token.empty() || !options.token_file.empty() ||
         !environment_variable("SIGSTORE_ID_TOKEN").empty();
}

// By the login that is kept, or a new one.
Result<void> IdentitySession::learn_name() {
  if (signer_->recall_certificate()) return {};
  TRY_ASSIGN(IdentityToken own, tokens_->get());
  TRY(own.check(kSigstoreAudience, current_time()));
  expected_ = rules_of(own);
  login_.emplace(std::move(own));
  return {};
}

// One login is one token: it serves once, if it is still valid then.
Result<IdentityToken> IdentitySession::token() {
  if (login_) {
    IdentityToken own = std::move(*login_);
    login_.reset();
    if (own.check(kSigstoreAudience, current_time()).ok()) return own;
  }
  return tokens_->get();
}

std::vector<SignerRule> IdentitySession::own() const {
  const std::optional<Identity>& identity = signer_->identity();
  if (!identity) return expected_;
  return {SignerRule{identity->name.value, false, identity->issuer, {}}};
}

Result<std::unique_ptr<IdentitySession>> IdentitySession::open(
    const IdentityOptions& options, const Terminal& terminal) {
  std::unique_ptr<IdentitySession> session(new IdentitySession);
  TRY_ASSIGN(Instance instance, load_instance(options, current_time()));
  session->network_ = make_network();
  session->client_ = std::make_unique<http::RetryingClient>(*session->network_);
  http::Client& client = *session->client_;
  const std::string issuer = login_issuer(instance.config);
  session->tokens_.emplace(GivenToken{options.token, options.token_file},
                           issuer, client, terminal);
  // Better now than after the hashing; it is read anew when it is needed.
  TRY_ASSIGN(const std::optional<IdentityToken> token,
             session->tokens_->at_hand());
  const bool needs_login = !token;
  if (token) {
    TRY(token->check(kSigstoreAudience, current_time()));
    session->expected_ = rules_of(*token);
  }
  session->trust_ = std::move(instance.trust);
  TRY_ASSIGN(SigningServices services,
             choose_services(instance.config, current_time()));
  const std::string name =
      concat(services.certificate_authority.url, " ", issuer);
  IdentitySigning signing{client,
                          session->trust_.root,
                          std::move(services),
                          current_time,
                          [owner = session.get()] { return owner->token(); },
                          [&terminal](const Publication& publication) {
                            return announce(terminal, publication);
                          }};
  // A login serves the next runs too; what is given is the user's to keep.
  if (needs_login) {
    signing.recall = [name] { return recall(name); };
    signing.keep = [name, &terminal](const PrivateKey& key,
                                     const Certificate& leaf) {
      keep(name, key, leaf, terminal);
    };
  }
  session->signer_ = std::make_unique<IdentitySigner>(std::move(signing));
  if (needs_login && options.needs_name) TRY(session->learn_name());
  return session;
}

}  // namespace sigstore
