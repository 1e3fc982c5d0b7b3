// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/certificate_store.h"

#include "core/crypto/checked_certificates.h"
#include "core/crypto/message_digest.h"
#include "core/crypto/openssl.h"

namespace sigstore {
namespace {

// No SHA-1, no RSA below 2048 bits anywhere but in an anchor's own signature
// (SSL_CTX_set_security_level(3): 112 bits).
constexpr int kSecurityLevel = 2;

KnownSignatures::Link link_of(X509* subject, const X509* issuer) {
  return {sha256(to_der<i2d_X509>(subject)),
          sha256(to_der<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(issuer)))};
}

// RFC 5280 6.1.3 (a)(1). Answers the error of OpenSSL.
int verify_signature(X509* subject, X509* issuer) {
  EVP_PKEY* key = X509_get0_pubkey(issuer);
  if (key == nullptr) return X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY;
  return X509_verify(subject, key) == 1 ? X509_V_OK
                                        : X509_V_ERR_CERT_SIGNATURE_FAILURE;
}

// The same between two certificates of authorities, once.
int recall_signature(X509* subject, X509* issuer, KnownSignatures* known) {
  const KnownSignatures::Link link = link_of(subject, issuer);
  if (is_checked_signature(link)) return X509_V_OK;
  if (known != nullptr && known->contains(link)) return X509_V_OK;
  const int error = verify_signature(subject, issuer);
  if (error == X509_V_OK && known != nullptr) known->add(link);
  return error;
}

// RFC 5280 4.1.2.5: valid "from notBefore through notAfter, inclusive".
int check_time(const X509* certificate, std::int64_t at) {
  const auto start = to_timestamp(X509_get0_notBefore(certificate));
  const auto end = to_timestamp(X509_get0_notAfter(certificate));
  if (!start) return X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD;
  if (!end) return X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD;
  if (at < start->seconds) return X509_V_ERR_CERT_NOT_YET_VALID;
  return at > end->seconds ? X509_V_ERR_CERT_HAS_EXPIRED : X509_V_OK;
}

// In the place of OpenSSL's last step, which takes the last second for over
// and remembers no signature. All else of a path has been checked by then.
// From the anchor, whose own signature says nothing, down to the leaf.
int check_signatures_and_times(X509_STORE_CTX* context) noexcept {
  const auto* memory = static_cast<const PathMemory*>(
      X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(context), 0));
  const std::int64_t at =
      X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(context));
  const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context);
  const int anchor = sk_X509_num(chain) - 1;
  for (int i = anchor; i >= 0; --i) {
    X509* certificate = sk_X509_value(chain, i);
    const bool remembers = i > 0 || memory->has_leaf;
    int error = X509_V_OK;
    if (i < anchor) {
      X509* issuer = sk_X509_value(chain, i + 1);
      error = remembers ? recall_signature(certificate, issuer, memory->known)
                        : verify_signature(certificate, issuer);
    }
    if (error == X509_V_OK) error = check_time(certificate, at);
    if (error == X509_V_OK) continue;
    X509_STORE_CTX_set_error(context, error);
    X509_STORE_CTX_set_error_depth(context, i);
    X509_STORE_CTX_set_current_cert(context, certificate);
    return 0;
  }
  return 1;
}

}  // namespace

void FreeStack::operator()(STACK_OF(X509) * stack) const noexcept {
  sk_X509_pop_free(stack, X509_free);
}

Result<StoreHandle> make_store(std::span<const Certificate> anchors,
                               Timestamp at, PathMemory& memory) {
  StoreHandle store(X509_STORE_new());
  if (!store || X509_STORE_set_ex_data(store.get(), 0, &memory) != 1)
    return openssl_error(ErrorKind::internal, "certificate store");
  for (const Certificate& anchor : anchors)
    if (X509_STORE_add_cert(store.get(), anchor.handle()) != 1)
      return openssl_error(ErrorKind::internal, "certificate store");
  X509_VERIFY_PARAM* parameters = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_flags(
      parameters, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
  X509_VERIFY_PARAM_set_time(parameters, at.seconds);
  X509_STORE_set_verify(store.get(), check_signatures_and_times);
  return store;
}

Result<StackHandle> make_stack(std::span<const Certificate> certificates) {
  StackHandle stack(sk_X509_new_null());
  if (!stack) return openssl_error(ErrorKind::internal, "certificates");
  for (const Certificate& certificate : certificates)
    if (X509_add_cert(stack.get(), certificate.handle(),
                      X509_ADD_FLAG_UP_REF) != 1)
      return openssl_error(ErrorKind::internal, "certificates");
  return stack;
}

}  // namespace sigstore
