// SPDX-License-Identifier: Apache-2.0
#include "core/verify/certificate_profile.h"

#include <optional>
#include <utility>
#include <vector>

#include "core/base/encoding.h"
#include "core/crypto/certificate_chain.h"
#include "core/crypto/sct.h"

namespace sigstore {
namespace {

constexpr int kIssuerV1 = 1;
constexpr int kIssuerV2 = 8;
constexpr int kLastClaim = 24;
// 7 is the type of a name, not an extension.
constexpr int kUsernameType = 7;

// An intermediate that lists purposes must list this one; Fulcio's do.
Result<void> check_intermediates(std::span<const Certificate> path) {
  for (const Certificate& certificate : path.subspan(1))
    if (certificate.has_extended_usage() && !certificate.may_sign_code())
      return fail(ErrorKind::bad_evidence, certificate.subject(),
                  " is not for certificates that sign code");
  return {};
}

Result<Certificate> find_issuer_in(const Certificate& leaf,
                                   const Authority& authority, Timestamp time,
                                   KnownSignatures* known) {
  if (!authority.valid.contains(time))
    return fail(ErrorKind::bad_evidence, time.to_rfc3339(),
                " is outside of the validity of the authority in the trusted "
                "root");
  const std::span<const Certificate> chain(authority.chain);
  const auto intermediates = chain.first(chain.size() - 1);
  TRY_ASSIGN(const std::vector<Certificate> path,
             find_path(leaf, intermediates, chain.last(1), time, known));
  if (path.size() < 2)
    return fail(ErrorKind::bad_evidence,
                "the certificate is the authority's own");
  TRY(check_intermediates(path));
  return path[1];
}

Result<void> check_sct(const Sct& sct, const Certificate& leaf,
                       const Certificate& issuer,
                       std::span<const TransparencyLog> ctlogs) {
  for (const TransparencyLog& log : ctlogs) {
    if (!(ByteView(log.log_id).size() == Sha256Digest::kSize &&
          std::equal(log.log_id.begin(), log.log_id.end(),
                     sct.log_id.bytes.begin())))
      continue;
    if (!log.key)
      return fail(ErrorKind::bad_evidence, log.base_url,
                  " has a key of an algorithm that is not known here");
    if (!log.valid.contains_ms(static_cast<std::int64_t>(sct.timestamp_ms)))
      return fail(ErrorKind::bad_evidence,
                  "the certificate timestamp is outside of the validity of ",
                  log.base_url);
    return verify_sct(sct, leaf, issuer, *log.key);
  }
  return fail(ErrorKind::bad_evidence, "certificate transparency log ",
              sct.log_id.to_hex().substr(0, 16), " is not in the trusted root");
}

// Fulcio OIDs that are there must parse, whether anybody asks for them or not.
Result<void> check_claims(const Certificate& leaf) {
  for (int number = 1; number <= kLastClaim; ++number)
    if (number != kUsernameType) TRY(leaf.fulcio_extension(number));
  return {};
}

}  // namespace

Result<void> check_leaf_usage(const Certificate& leaf) {
  const char* lacks = nullptr;
  if (!leaf.may_sign_data()) lacks = "key usage digitalSignature";
  if (!leaf.may_sign_code()) lacks = "extended key usage codeSigning";
  if (lacks != nullptr)
    return fail(ErrorKind::bad_evidence, "the certificate lacks ", lacks);
  if (leaf.is_ca())
    return fail(ErrorKind::bad_evidence,
                "the certificate is an authority's, not a signer's");
  return {};
}

Result<Certificate> find_issuer(const Certificate& leaf,
                                std::span<const Authority> authorities,
                                Timestamp time, KnownSignatures* known) {
  std::optional<Error> refusal;
  for (const Authority& authority : authorities) {
    Result<Certificate> issuer = find_issuer_in(leaf, authority, time, known);
    if (issuer.ok()) return issuer;
    // What is said about an authority whose time it was is of more use.
    if (!refusal || authority.valid.contains(time))
      refusal = std::move(issuer).error();
  }
  if (!refusal)
    return fail(ErrorKind::bad_evidence,
                "the trusted root has no certificate authority");
  return std::move(*refusal).context(
      concat("no trusted path at ", time.to_rfc3339()));
}

Result<void> check_scts(const Certificate& leaf, const Certificate& issuer,
                        std::span<const TransparencyLog> ctlogs) {
  TRY_ASSIGN(const std::vector<Sct> scts, embedded_scts(leaf));
  // There is at least one.
  Result<void> checked = check_sct(scts.front(), leaf, issuer, ctlogs);
  for (std::size_t i = 1; i < scts.size() && !checked.ok(); ++i)
    checked = check_sct(scts[i], leaf, issuer, ctlogs);
  return checked;
}

Result<Identity> read_identity(const Certificate& leaf) {
  TRY_ASSIGN(SubjectName name, leaf.subject_name());
  TRY(check_claims(leaf));
  TRY_ASSIGN(const std::optional<std::string> old_issuer,
             leaf.fulcio_extension(kIssuerV1));
  TRY_ASSIGN(const std::optional<std::string> issuer,
             leaf.fulcio_extension(kIssuerV2));
  if (!old_issuer && !issuer)
    return fail(ErrorKind::bad_evidence,
                "the certificate does not say who vouched for its name");
  if (old_issuer && issuer && *old_issuer != *issuer)
    return fail(ErrorKind::bad_evidence,
                "the certificate names two identity issuers: ", *issuer,
                " and ", *old_issuer);
  return Identity{std::move(name), issuer ? *issuer : *old_issuer, leaf};
}

}  // namespace sigstore
