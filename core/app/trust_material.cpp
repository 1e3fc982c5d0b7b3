// SPDX-License-Identifier: Apache-2.0
#include "core/app/trust_material.h"

#include <utility>

#include "core/app/trust_instance.h"
#include "core/app/trust_refresh.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/trust/embedded_root.h"

namespace sigstore {
namespace {

// Until when the newest TUF root of the same package is good: TUF's own word
// for how long its data may go without an update (TUF 1.0.34, 5.3.10).
Result<Timestamp> expiry_of(std::string_view tuf_root) {
  TRY_ASSIGN(const Json root, parse_json(tuf_root));
  TRY_ASSIGN(const Json* body, object_member(root, "signed"));
  TRY_ASSIGN(const std::string_view expires, string_member(*body, "expires"));
  const std::optional<Timestamp> time = Timestamp::parse_rfc3339(expires);
  if (time) return *time;
  return fail(ErrorKind::internal, "the TUF root that is built in: ", expires);
}

struct Embedded {
  std::string_view trusted_root;
  std::string_view tuf_root;
  std::string_view signing_config;
  EmbeddedOrigin origin;
};

Result<TrustMaterial> load_embedded(const Embedded& embedded, Timestamp now) {
  const EmbeddedOrigin& origin = embedded.origin;
  Result<TrustedRoot> root =
      parse_trusted_root(as_bytes(embedded.trusted_root));
  if (!root.ok())
    return std::move(root).error().context("built-in trusted root");
  TRY_ASSIGN(const Timestamp expiry, expiry_of(embedded.tuf_root));
  TrustMaterial material;
  material.root = std::move(*root);
  material.origin = concat("built in, ", origin.package, " ", origin.version);
  material.taken = origin.date;
  material.signing_config = to_bytes(embedded.signing_config);
  if (expiry < now)
    material.stale =
        concat("the trusted root that is built in (", origin.package, " ",
               origin.version, ") was good until ", expiry.to_date(),
               "; hf-sigstore update-trust-root fetches a newer one");
  return material;
}

Result<TrustMaterial> from_file(const std::string& file) {
  TRY_ASSIGN(const Bytes json, read_file(file, limits::kTrustedRoot));
  Result<TrustedRoot> root = parse_trusted_root(json);
  if (!root.ok()) return std::move(root).error().context(file);
  return TrustMaterial{std::move(*root), file, std::nullopt};
}

Result<TrustMaterial> from_instance(const InstanceTrust& trust, Timestamp now) {
  TrustMaterial material;
  TRY_ASSIGN(material.root, parse_trusted_root(trust.trusted_root));
  material.origin = concat("TUF repository ", trust.url, ", fresh until ",
                           trust.fresh_until.to_date());
  material.signing_config = trust.signing_config;
  if (trust.root_expires < now)
    material.stale =
        concat("the trusted root of ", trust.url, " was good until ",
               trust.root_expires.to_date(), "; hf-sigstore update-trust-root",
               trust.url == kPublicInstance ? "" : " --instance " + trust.url,
               " fetches a newer one");
  return material;
}

}  // namespace

Result<TrustMaterial> load_trust_material(const TrustChoice& choice,
                                          Timestamp now) {
  if (!choice.file.empty() && !choice.instance.empty())
    return fail(ErrorKind::invalid_input,
                "a trusted root and an instance are named; one has to do");
  if (!choice.file.empty()) return from_file(choice.file);
  const std::string url =
      choice.instance.empty() ? std::string(kPublicInstance) : choice.instance;
  TRY_ASSIGN(const std::optional<InstanceTrust> stored,
             stored_instance(url, now));
  if (stored) return from_instance(*stored, now);
  return load_embedded({embedded_trusted_root(), embedded_tuf_root(),
                        embedded_signing_config(), embedded_origin()},
                       now);
}

Result<TrustMaterial> load_staging_material(Timestamp now) {
  return load_embedded(
      {embedded_staging_trusted_root(), embedded_staging_tuf_root(),
       embedded_staging_signing_config(), embedded_staging_origin()},
      now);
}

Result<std::optional<TrustMaterial>> find_trusted_root(
    const VerifyRequest& request, const Settings& settings) {
  if (request.identities.empty() && !request.keys.empty())
    return std::optional<TrustMaterial>();
  if (settings.trusted_root.empty()) TRY(refresh_daily(settings.instance));
  TRY_ASSIGN(TrustMaterial trusted,
             load_trust_material({settings.trusted_root, settings.instance},
                                 request.now));
  return std::optional(std::move(trusted));
}

Result<void> check_fresh(const TrustMaterial& trusted, const Signer& signer,
                         const Settings& settings,
                         std::vector<std::string>& notes) {
  if (trusted.stale.empty() || !std::holds_alternative<Identity>(signer))
    return {};
  if (settings.mode == Mode::require)
    return fail(ErrorKind::stale_trust, trusted.stale);
  notes.push_back(trusted.stale);
  return {};
}

}  // namespace sigstore
