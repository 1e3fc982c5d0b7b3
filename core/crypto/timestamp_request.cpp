// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/timestamp_request.h"

#include <openssl/bn.h>
#include <openssl/ts.h>

#include "core/crypto/message_digest.h"
#include "core/crypto/openssl.h"
#include "core/crypto/random.h"

namespace sigstore {
namespace {

using RequestHandle = Handle<TS_REQ, TS_REQ_free>;
using ImprintHandle = Handle<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free>;
using AlgorithmHandle = Handle<X509_ALGOR, X509_ALGOR_free>;
using NumberHandle = Handle<BIGNUM, BN_free>;
using IntegerHandle = Handle<ASN1_INTEGER, ASN1_INTEGER_free>;

constexpr std::size_t kNonceSize = 8;

// The imprint is copied into the request.
bool set_imprint(TS_REQ* request, ByteView message) {
  Sha256Digest digest = sha256(message);
  const ImprintHandle imprint(TS_MSG_IMPRINT_new());
  const AlgorithmHandle algorithm(X509_ALGOR_new());
  return imprint && algorithm &&
         X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL,
                         nullptr) == 1 &&
         TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
         TS_MSG_IMPRINT_set_msg(imprint.get(), digest.bytes.data(),
                                static_cast<int>(digest.bytes.size())) == 1 &&
         TS_REQ_set_msg_imprint(request, imprint.get()) == 1;
}

bool set_nonce(TS_REQ* request, const Bytes& nonce) {
  const NumberHandle number(
      BN_bin2bn(nonce.data(), static_cast<int>(nonce.size()), nullptr));
  const IntegerHandle integer(number ? BN_to_ASN1_INTEGER(number.get(), nullptr)
                                     : nullptr);
  return integer && TS_REQ_set_nonce(request, integer.get()) == 1;
}

}  // namespace

Result<TimestampRequest> make_timestamp_request(ByteView message) {
  TRY_ASSIGN(Bytes nonce, random_bytes(kNonceSize));
  nonce.front() |= 1U;  // no leading zero: a number has one spelling
  const RequestHandle request(TS_REQ_new());
  if (!request || TS_REQ_set_version(request.get(), 1) != 1 ||
      !set_imprint(request.get(), message) ||
      !set_nonce(request.get(), nonce) ||
      TS_REQ_set_cert_req(request.get(), 0) != 1)
    return openssl_error(ErrorKind::internal, "timestamp request");
  Bytes der = to_der<i2d_TS_REQ>(request.get());
  if (der.empty())
    return openssl_error(ErrorKind::internal, "timestamp request");
  return TimestampRequest{std::move(der), std::move(nonce)};
}

}  // namespace sigstore
