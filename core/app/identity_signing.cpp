// SPDX-License-Identifier: Apache-2.0
#include "core/app/identity_signing.h"

#include <unistd.h>

#include <utility>

#include "core/app/settings.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/process.h"
#include "core/http/curl_client.h"
#include "core/http/retrying_client.h"
#include "core/http/url.h"
#include "core/oidc/ambient.h"
#include "core/trust/signing_config.h"

namespace sigstore {
namespace {

constexpr std::chrono::seconds kProviderDeadline{10};

// As the curl program has it; libcurl alone looks at none of them.
http::CurlOptions curl_options() {
  http::CurlOptions options;
  options.ca_file = environment_variable("CURL_CA_BUNDLE");
  if (!options.ca_file.empty()) return options;
  options.ca_folder = environment_variable("SSL_CERT_DIR");
  options.ca_file = environment_variable("SSL_CERT_FILE");
  return options;
}

// Its words could show the token: only that it went wrong is said.
Result<std::string> run_provider(const std::vector<std::string>& argv) {
  RunOptions options;
  options.limit = limits::kIdentityToken;
  options.deadline = kProviderDeadline;
  TRY_ASSIGN(CommandOutput output, run_command({argv}, options));
  if (output.status != 0)
    return fail(ErrorKind::unauthorized, argv[0], " ended with status ",
                output.status);
  return std::move(output.out);
}

Result<std::string> read_text(const char* path) {
  TRY_ASSIGN(const Bytes bytes, read_file(path, limits::kIdentityToken));
  return std::string(as_text(bytes));
}

Result<IdentityToken> find_token(const IdentityOptions& options,
                                 http::Client& client) {
  if (!options.token.empty()) return IdentityToken::parse(options.token);
  if (!options.token_file.empty()) {
    TRY_ASSIGN(Bytes bytes,
               read_file(options.token_file, limits::kIdentityToken));
    Result<IdentityToken> token = IdentityToken::parse(as_text(bytes));
    wipe(bytes);
    if (!token.ok())
      return std::move(token).error().context(options.token_file);
    return token;
  }
  const std::string given = environment_variable("SIGSTORE_ID_TOKEN");
  if (!given.empty()) {
    Result<IdentityToken> token = IdentityToken::parse(given);
    if (!token.ok())
      return std::move(token).error().context("SIGSTORE_ID_TOKEN");
    return token;
  }
  TRY_ASSIGN(
      std::optional<IdentityToken> token,
      ambient_token({environment_variable, client, run_provider, read_text}));
  if (token) return *std::move(token);
  return fail(ErrorKind::not_found,
              "there is no key and no identity token to sign with: name a "
              "private key, or a file with a token, or set SIGSTORE_ID_TOKEN");
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
  const bool has_files =
      !options.trusted_root.empty() || !options.signing_config.empty();
  if (!options.trust_config.empty()) {
    if (has_files)
      return fail(ErrorKind::invalid_input,
                  "a trust config holds trusted root and signing config: name "
                  "it, or them");
    return load_trust_config(options.trust_config)
        .context(options.trust_config);
  }
  if (options.signing_config.empty())
    return fail(ErrorKind::not_found,
                "nothing to sign with: name a private key (--key), or, to sign "
                "with an identity, a signing config (--signing-config) or a "
                "trust config (--trust-config)");
  Instance instance;
  TRY_ASSIGN(instance.trust,
             load_trust_material({options.trusted_root, {}}, now));
  TRY_ASSIGN(const Bytes json,
             read_file(options.signing_config, limits::kSigningConfig));
  TRY_ASSIGN(instance.config,
             parse_signing_config(json).context(options.signing_config));
  if (!instance.trust.stale.empty())
    return fail(ErrorKind::stale_trust, instance.trust.stale);
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

Result<std::unique_ptr<IdentitySession>> IdentitySession::open(
    const IdentityOptions& options, const Terminal& terminal) {
  std::unique_ptr<IdentitySession> session(new IdentitySession);
  TRY_ASSIGN(Instance instance, load_instance(options, current_time()));
  TRY_ASSIGN(session->network_, http::CurlClient::create(curl_options()));
  session->client_ = std::make_unique<http::RetryingClient>(*session->network_);
  http::Client& client = *session->client_;
  // Better now than after the hashing; it is read anew when it is needed.
  TRY_ASSIGN(const IdentityToken token, find_token(options, client));
  TRY(token.check(kSigstoreAudience, current_time()));
  session->trust_ = std::move(instance.trust);
  TRY_ASSIGN(SigningServices services,
             choose_services(instance.config, current_time()));
  session->signer_ = std::make_unique<IdentitySigner>(IdentitySigning{
      client, session->trust_.root, std::move(services), current_time,
      [options, &client] { return find_token(options, client); },
      [&terminal](const Publication& publication) {
        return announce(terminal, publication);
      }});
  return session;
}

}  // namespace sigstore
