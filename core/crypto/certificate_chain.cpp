// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/certificate_chain.h"

#include <openssl/x509_vfy.h>

#include "core/base/encoding.h"
#include "core/crypto/certificate_store.h"
#include "core/crypto/openssl.h"

namespace sigstore {
namespace {

using StoreContextHandle = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;

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

}  // namespace

Result<std::vector<Certificate>> find_path(
    const Certificate& leaf, std::span<const Certificate> intermediates,
    std::span<const Certificate> anchors, Timestamp at,
    KnownSignatures* known) {
  PathMemory memory{known, false};
  TRY_ASSIGN(const StoreHandle store, make_store(anchors, at, memory));
  TRY_ASSIGN(const StackHandle untrusted, make_stack(intermediates));
  const StoreContextHandle context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), store.get(), leaf.handle(),
                                      untrusted.get()) != 1)
    return openssl_error(ErrorKind::internal, "certificate path");
  std::vector<Certificate> all{leaf};
  all.insert(all.end(), intermediates.begin(), intermediates.end());
  all.insert(all.end(), anchors.begin(), anchors.end());
  const int verified = X509_verify_cert(context.get());
  if (verified < 0)
    return openssl_error(ErrorKind::internal, "certificate path");
  clear_openssl_errors();
  if (verified != 1) return no_path(context.get(), all);
  return to_path(X509_STORE_CTX_get0_chain(context.get()), all);
}

}  // namespace sigstore
