// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/timestamp_token.h"

#include <openssl/pkcs7.h>
#include <openssl/ts.h>

#include <algorithm>
#include <vector>

#include "core/base/limits.h"
#include "core/crypto/certificate_store.h"
#include "core/crypto/openssl.h"

namespace sigstore {
namespace {

using ResponseHandle = Handle<TS_RESP, TS_RESP_free>;
using TokenInfoHandle = Handle<TS_TST_INFO, TS_TST_INFO_free>;
using ContextHandle = Handle<TS_VERIFY_CTX, TS_VERIFY_CTX_free>;

Error malformed(std::string_view what) {
  clear_openssl_errors();
  return fail(ErrorKind::bad_evidence, "timestamp: ", what);
}

// sigstore timestamps.md: nothing weaker than SHA-256.
bool is_accepted_hash(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* oid = nullptr;
  X509_ALGOR_get0(&oid, nullptr, nullptr, algorithm);
  const int nid = OBJ_obj2nid(oid);
  return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512;
}

// RFC 3161 2.4.2: signedData over an id-ct-TSTInfo, "signed by exactly one".
Result<void> check_token(PKCS7* token) {
  if (token == nullptr) return malformed("the response has no token");
  if (!PKCS7_type_is_signed(token) || token->d.sign == nullptr)
    return malformed("the token is not signed data");
  const PKCS7* content = token->d.sign->contents;
  if (content == nullptr ||
      OBJ_obj2nid(content->type) != NID_id_smime_ct_TSTInfo ||
      content->d.other == nullptr ||
      content->d.other->type != V_ASN1_OCTET_STRING)
    return malformed("the token is about something else");
  STACK_OF(PKCS7_SIGNER_INFO)* signers = PKCS7_get_signer_info(token);
  if (sk_PKCS7_SIGNER_INFO_num(signers) != 1)
    return malformed("the token does not have exactly one signer");
  if (!is_accepted_hash(sk_PKCS7_SIGNER_INFO_value(signers, 0)->digest_alg))
    return malformed("signed with a hash other than SHA-256, 384 or 512");
  // OpenSSL does not look behind the TSTInfo.
  if (!read_der<TokenInfoHandle, d2i_TS_TST_INFO>(
          bytes_of(content->d.other->value.octet_string)))
    return malformed("the token's content is malformed");
  return {};
}

Result<Timestamp> check_info(TS_TST_INFO* info) {
  if (info == nullptr || TS_TST_INFO_get_version(info) != 1)
    return malformed("the token is not of version 1");
  if (!is_accepted_hash(
          TS_MSG_IMPRINT_get_algo(TS_TST_INFO_get_msg_imprint(info))))
    return malformed("over a hash other than SHA-256, 384 or 512");
  // RFC 3161 2.4.2: extensions; none is known that would be critical.
  if (TS_TST_INFO_get_ext_by_critical(info, 1, -1) >= 0)
    return malformed("the token has an unknown critical extension");
  const std::optional<Timestamp> time =
      to_timestamp(TS_TST_INFO_get_time(info));
  if (!time) return malformed("the time is not in UTC");
  return *time;
}

bool is_named(const PKCS7_ISSUER_AND_SERIAL* name, const X509* x509) {
  return X509_NAME_cmp(name->issuer, X509_get_issuer_name(x509)) == 0 &&
         ASN1_INTEGER_cmp(name->serial, X509_get0_serialNumber(x509)) == 0;
}

}  // namespace

struct TimestampResponse::State {
  ResponseHandle response;
  // The certificates that the token brought, taken out of it: OpenSSL would
  // take them for intermediates and for the signer.
  StackHandle embedded;
  Timestamp time;

  const PKCS7_ISSUER_AND_SERIAL* signer_name() const {
    return sk_PKCS7_SIGNER_INFO_value(
               PKCS7_get_signer_info(TS_RESP_get_token(response.get())), 0)
        ->issuer_and_serial;
  }
  Result<Certificate> embedded_signer() const;
  Result<Certificate> signer_of(std::span<const Certificate> chain) const;
};

// Where the authority lists no leaf: the certificate in the token that is
// named by its signature.
Result<Certificate> TimestampResponse::State::embedded_signer() const {
  X509* found = nullptr;
  for (int i = 0; i < sk_X509_num(embedded.get()); ++i) {
    X509* candidate = sk_X509_value(embedded.get(), i);
    if (!is_named(signer_name(), candidate)) continue;
    if (found != nullptr)
      return malformed("the token brings two certificates of its signer");
    found = candidate;
  }
  if (found == nullptr)
    return malformed("the certificate of the signer is not known");
  auto signer = Certificate::from_der(to_der<i2d_X509>(found));
  if (!signer.ok()) return malformed(signer.error().message);
  return signer;
}

Result<Certificate> TimestampResponse::State::signer_of(
    std::span<const Certificate> chain) const {
  if (chain.empty()) return malformed("an authority without certificates");
  if (chain.front().is_ca()) return embedded_signer();
  if (!is_named(signer_name(), chain.front().handle()))
    return malformed("signed by another certificate than the authority's");
  return chain.front();
}

TimestampResponse::TimestampResponse(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
TimestampResponse::TimestampResponse(TimestampResponse&&) noexcept = default;
TimestampResponse& TimestampResponse::operator=(TimestampResponse&&) noexcept =
    default;
TimestampResponse::~TimestampResponse() = default;

Result<TimestampResponse> TimestampResponse::from_der(ByteView der) {
  if (der.size() > limits::kTimestampResponse)
    return fail(ErrorKind::invalid_input, "timestamp: too large");
  auto state = std::make_unique<State>();
  state->response = read_der<ResponseHandle, d2i_TS_RESP>(der);
  if (!state->response) return malformed("not one DER TimeStampResp");
  TS_RESP* response = state->response.get();
  const long status = ASN1_INTEGER_get(
      TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response)));
  if (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS)
    return malformed(concat("not granted, status ", status));
  PKCS7* token = TS_RESP_get_token(response);
  TRY(check_token(token));
  TRY_ASSIGN(state->time, check_info(TS_RESP_get_tst_info(response)));
  state->embedded.reset(std::exchange(token->d.sign->cert, nullptr));
  return TimestampResponse(std::move(state));
}

Timestamp TimestampResponse::claimed_time() const { return state_->time; }

bool TimestampResponse::names_signer(const Certificate& signer) const {
  return is_named(state_->signer_name(), signer.handle());
}

bool TimestampResponse::has_nonce(ByteView nonce) const {
  const ASN1_INTEGER* own =
      TS_TST_INFO_get_nonce(TS_RESP_get_tst_info(state_->response.get()));
  if (own == nullptr || (ASN1_STRING_type(own) & V_ASN1_NEG) != 0) return false;
  const ByteView bytes = bytes_of(own);
  return std::equal(bytes.begin(), bytes.end(), nonce.begin(), nonce.end());
}

Result<Timestamp> TimestampResponse::verify(ByteView message,
                                            std::span<const Certificate> chain,
                                            KnownSignatures* known) const {
  TRY_ASSIGN(const Certificate signer, state_->signer_of(chain));
  if (signer.is_ca()) return malformed("signed by a certificate authority");
  if (!signer.may_stamp_time())
    return malformed("the signer's certificate is not for timestamps alone");
  PathMemory memory{known, signer == chain.front()};
  TRY_ASSIGN(StoreHandle store,
             make_store(chain.last(1), state_->time, memory));
  // The signer comes first: OpenSSL takes the first that has its name.
  std::vector<Certificate> all{signer};
  all.insert(all.end(), chain.begin(), chain.end());
  TRY_ASSIGN(StackHandle certificates, make_stack(all));
  BioHandle data(
      BIO_new_mem_buf(message.data(), static_cast<int>(message.size())));
  const ContextHandle context(TS_VERIFY_CTX_new());
  if (!context || !data) return openssl_error(ErrorKind::internal, "timestamp");
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_SIGNATURE | TS_VFY_VERSION |
                                             TS_VFY_DATA | TS_VFY_SIGNER);
  TS_VERIFY_CTX_set_store(context.get(), store.release());
  TS_VERIFY_CTX_set_certs(context.get(), certificates.release());
  TS_VERIFY_CTX_set_data(context.get(), data.release());
  if (TS_RESP_verify_response(context.get(), state_->response.get()) != 1)
    return openssl_error(ErrorKind::bad_evidence, "timestamp");
  clear_openssl_errors();
  return state_->time;
}

}  // namespace sigstore
