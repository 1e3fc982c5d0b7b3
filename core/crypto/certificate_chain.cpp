// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/certificate_chain.h"

#include <openssl/x509_vfy.h>

#include <cstdint>
#include <optional>

#include "core/base/encoding.h"
#include "core/crypto/certificate_store.h"
#include "core/crypto/openssl.h"

namespace sigstore {
namespace {

using StoreContextHandle = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;

// No SHA-1, no RSA below 2048 bits anywhere but in an anchor's own signature
// (SSL_CTX_set_security_level(3): 112 bits).
constexpr int kSecurityLevel = 2;

std::string name_of(const Certificate& certificate) {
  std::string subject = certificate.subject();
  if (!subject.empty()) return "certificate " + subject;
  return concat("certificate ", certificate.serial_hex().substr(0, 40), " of ",
                certificate.issuer());
}

Error no_path(const X509_STORE_CTX* context,
              std::span<const Certificate> known) {
  const X509* about = X509_STORE_CTX_get_current_cert(context);
  Error error =
      fail(ErrorKind::bad_evidence,
           X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
  for (const Certificate& certificate : known)
    if (certificate.handle() == about)
      return std::move(error).context(name_of(certificate));
  return std::move(error).context("certificate path");
}

// The path in our types: OpenSSL's points to the certificates it was given.
Result<std::vector<Certificate>> to_path(const STACK_OF(X509) * chain,
                                         std::span<const Certificate> known) {
  std::vector<Certificate> path;
  for (int i = 0; i < sk_X509_num(chain); ++i)
    for (const Certificate& certificate : known)
      if (certificate.handle() == sk_X509_value(chain, i)) {
        path.push_back(certificate);
        break;
      }
  if (path.empty() ||
      path.size() != static_cast<std::size_t>(sk_X509_num(chain)))
    return fail(ErrorKind::internal, "a path over certificates of nobody");
  return path;
}

// RFC 5280 4.1.2.5: valid "from notBefore through notAfter, inclusive". For
// OpenSSL the last second is over.
int accept_last_second(int ok, X509_STORE_CTX* context) noexcept {
  if (ok == 1 ||
      X509_STORE_CTX_get_error(context) != X509_V_ERR_CERT_HAS_EXPIRED)
    return ok;
  const std::int64_t at =
      X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(context));
  const std::optional<Timestamp> end = to_timestamp(
      X509_get0_notAfter(X509_STORE_CTX_get_current_cert(context)));
  if (!end || end->seconds != at) return 0;
  X509_STORE_CTX_set_error(context, X509_V_OK);
  return 1;
}

}  // namespace

void FreeStack::operator()(STACK_OF(X509) * stack) const noexcept {
  sk_X509_pop_free(stack, X509_free);
}

Result<StoreHandle> make_store(std::span<const Certificate> anchors,
                               Timestamp at) {
  StoreHandle store(X509_STORE_new());
  if (!store) return openssl_error(ErrorKind::internal, "certificate store");
  for (const Certificate& anchor : anchors)
    if (X509_STORE_add_cert(store.get(), anchor.handle()) != 1)
      return openssl_error(ErrorKind::internal, "certificate store");
  X509_VERIFY_PARAM* parameters = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_flags(
      parameters, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
  X509_VERIFY_PARAM_set_time(parameters, at.seconds);
  X509_STORE_set_verify_cb(store.get(), accept_last_second);
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

Result<std::vector<Certificate>> find_path(
    const Certificate& leaf, std::span<const Certificate> intermediates,
    std::span<const Certificate> anchors, Timestamp at) {
  TRY_ASSIGN(const StoreHandle store, make_store(anchors, at));
  TRY_ASSIGN(const StackHandle untrusted, make_stack(intermediates));
  const StoreContextHandle context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), store.get(), leaf.handle(),
                                      untrusted.get()) != 1)
    return openssl_error(ErrorKind::internal, "certificate path");
  std::vector<Certificate> known{leaf};
  known.insert(known.end(), intermediates.begin(), intermediates.end());
  known.insert(known.end(), anchors.begin(), anchors.end());
  const int verified = X509_verify_cert(context.get());
  if (verified < 0)
    return openssl_error(ErrorKind::internal, "certificate path");
  clear_openssl_errors();
  if (verified != 1) return no_path(context.get(), known);
  return to_path(X509_STORE_CTX_get0_chain(context.get()), known);
}

}  // namespace sigstore
