// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/verification_key.h"

struct x509_st;

namespace sigstore {

// The one name that Fulcio puts into a certificate (fulcio, certificate
// specification, "Subject Alternative Name").
struct SubjectName {
  enum class Kind : std::uint8_t { email, uri, username };
  Kind kind = Kind::email;
  std::string value;
  bool operator==(const SubjectName&) const = default;
};

// An X.509 certificate (RFC 5280). Nothing about it has been verified. For one
// thread.
class Certificate {
 public:
  // Exactly one DER certificate, nothing after it, no extension twice (RFC
  // 5280 section 4.2) and none malformed that OpenSSL knows.
  static Result<Certificate> from_der(ByteView der);
  // The same, of a trusted root. One that was checked when this program was
  // made (checked_certificates.h) is decoded when it is first looked at, which
  // mostly is never.
  static Result<Certificate> from_trusted_der(ByteView der);
  // "CERTIFICATE" blocks, 1 to limits::kChainCertificates of them, with or
  // without text around; any other block is refused.
  static Result<std::vector<Certificate>> from_pem(std::string_view pem);

  Certificate(Certificate&&) noexcept;
  Certificate& operator=(Certificate&&) noexcept;
  Certificate(const Certificate&);  // shares it; it never changes
  Certificate& operator=(const Certificate&);
  ~Certificate();

  const Bytes& der() const { return der_; }
  // "CERTIFICATE", 64 columns, final newline.
  std::string pem() const;
  Result<VerificationKey> key() const;
  // SubjectPublicKeyInfo as it stands in the certificate.
  Bytes spki() const;
  // One line for people: "O=sigstore.dev, CN=sigstore-intermediate".
  std::string subject() const;
  std::string issuer() const;
  std::string serial_hex() const;
  Timestamp not_before() const;
  Timestamp not_after() const;  // inclusive

  // basicConstraints or a version 1 self-signed root: OpenSSL's
  // X509_check_ca.
  bool is_ca() const;
  // By its signature, not by equal names: historical model signing leaves
  // have subject and issuer alike.
  bool is_self_signed() const;
  // An absent extension does not count.
  bool may_sign_data() const;  // key usage digitalSignature
  bool may_sign_code() const;  // extended key usage codeSigning
  bool has_extended_usage() const;
  bool may_stamp_time() const;  // critical, timeStamping and nothing else

  // The subject alternative name when it is exactly one, of a type that
  // Fulcio issues; bad_evidence otherwise (none, several, malformed, other
  // types, control characters, NUL among them).
  Result<SubjectName> subject_name() const;
  // The value of the Fulcio extension 1.3.6.1.4.1.57264.1.<number>: raw for
  // 1 to 6, a DER UTF8String from 8 on. Nothing when it is absent;
  // bad_evidence when it does not parse to its last byte.
  Result<std::optional<std::string>> fulcio_extension(int number) const;
  // Has an extension of this dotted object identifier.
  bool has_extension(const char* oid) const;

  bool operator==(const Certificate& other) const { return der_ == other.der_; }

  // For the rest of crypto/.
  x509_st* handle() const;

 private:
  struct FreeX509 {
    void operator()(x509_st* x509) const noexcept;
  };
  using X509Owner = std::unique_ptr<x509_st, FreeX509>;

  static Result<X509Owner> decode(ByteView der);
  Certificate(ByteView der, X509Owner x509);

  Bytes der_;
  mutable X509Owner x509_;  // empty until it is looked at
};

}  // namespace sigstore
