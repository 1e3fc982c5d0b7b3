// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_timestamps.h"

#include "tests/support/der.h"

using sigstore::Bytes;
using sigstore::ByteView;

namespace {

constexpr const char* kSignedData = "1.2.840.113549.1.7.2";
constexpr const char* kContentType = "1.2.840.113549.1.9.3";
constexpr const char* kMessageDigest = "1.2.840.113549.1.9.4";
constexpr const char* kSigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";
constexpr const char* kPolicy = "1.3.6.1.4.1.57264.2";

Bytes attribute(const char* oid, const Bytes& value) {
  return der::sequence({der::oid(oid), der::set({value})});
}

// RFC 3161 section 2.4.2.
Bytes token_info(ByteView message, const TokenPlan& plan) {
  const Bytes info = der::sequence(
      {der::integer(plan.version), der::oid(kPolicy),
       der::sequence(
           {hash_identifier(plan.imprint_hash),
            der::octet_string(plan.imprint.empty()
                                  ? hash_with(plan.imprint_hash, message)
                                  : plan.imprint)}),
       der::integer(4711),
       plan.time_text.empty() ? der::time(plan.time)
                              : der::time_text(plan.time_text),
       plan.more_of_info});
  return der::join({info, plan.after_info});
}

// RFC 5652 section 5.3, with the attributes of RFC 3161 and RFC 5816.
Bytes signer_info(const TestCertificate& signer, ByteView info,
                  const TokenPlan& plan) {
  const TestCertificate& named = plan.named ? *plan.named : signer;
  const TestCertificate& certified = plan.certified ? *plan.certified : signer;
  std::vector<Bytes> attributes{
      attribute(kContentType, der::oid(plan.content_type)),
      attribute(kMessageDigest,
                der::octet_string(hash_with(plan.signature_hash, info)))};
  // ESSCertIDv2 of SHA-256, the default.
  if (plan.has_certified)
    attributes.push_back(attribute(
        kSigningCertificateV2,
        der::sequence({der::sequence({der::sequence(
            {der::octet_string(hash_with("SHA256", certified.der()))})})})));
  Bytes signed_part = der::set(attributes);
  const Bytes signature = signer.key().sign(signed_part, plan.signature_hash);
  signed_part[0] = 0xa0;  // [0] IMPLICIT
  return der::sequence({der::integer(1),
                        der::sequence({named.issuer_name(), named.serial()}),
                        hash_identifier(plan.signature_hash), signed_part,
                        signer.key().signature_algorithm(plan.signature_hash),
                        der::octet_string(signature)});
}

}  // namespace

Bytes time_stamp_token(const TestCertificate& signer, ByteView message,
                       const TokenPlan& plan) {
  const Bytes info = token_info(message, plan);
  Bytes certificates;
  for (const Bytes& one : plan.embedded)
    certificates.insert(certificates.end(), one.begin(), one.end());
  const std::vector<Bytes> signers(static_cast<std::size_t>(plan.signers),
                                   signer_info(signer, info, plan));
  const Bytes signed_data = der::sequence(
      {der::integer(3), der::set({hash_identifier(plan.signature_hash)}),
       der::sequence({der::oid(plan.content_type),
                      der::around(0, der::octet_string(info))}),
       certificates.empty() ? Bytes() : der::around(0, certificates),
       der::set(signers)});
  return der::sequence({der::oid(kSignedData), der::around(0, signed_data)});
}

Bytes time_stamp(const TestCertificate& signer, ByteView message,
                 const TokenPlan& plan) {
  return der::sequence(
      {der::sequence({der::integer(plan.status)}),
       plan.has_token ? time_stamp_token(signer, message, plan) : Bytes()});
}
