// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/time.h"
#include "core/crypto/certificate.h"
#include "core/crypto/verification_key.h"

struct evp_pkey_st;

// Certificate authorities, certificate transparency logs and the keys of all,
// in memory. What they write they write by hand (tests/support/der.h), so that
// they can be wrong in every way; OpenSSL makes keys and signs. A Fulcio:
//
//   const TestCertificate root =
//       TestCertificate::self_signed(ca_plan("root"), TestKey::make("P-384"));
//   const TestCertificate fulcio = root.issue(
//       fulcio_ca_plan("intermediate"), TestKey::make("P-384"));
//   const TestCtLog log;
//   CertificatePlan plan = signer_plan(san_email("a@example.org"),
//   "https://i"); plan.scts = {{&log, plan.not_before.seconds * 1000}}; const
//   TestCertificate leaf = fulcio.issue(plan, TestKey::make("P-256"));

// A key pair; copies share it.
class TestKey {
 public:
  // A curve ("P-256", "P-224"), "ED25519", "X25519", or "RSA-<bits>".
  static TestKey make(std::string_view kind);

  // Somebody else's key, which cannot sign.
  static TestKey public_half(sigstore::Bytes spki);

  // DER SubjectPublicKeyInfo.
  const sigstore::Bytes& spki() const { return spki_; }
  sigstore::VerificationKey public_key() const;
  // ECDSA in DER, RSA with PKCS#1 v1.5; Ed25519 has no hash.
  sigstore::Bytes sign(sigstore::ByteView message,
                       std::string_view hash = "SHA256") const;
  // RSASSA-PSS with SHA-256.
  sigstore::Bytes sign_pss(sigstore::ByteView message) const;
  // The AlgorithmIdentifier of such a signature.
  sigstore::Bytes signature_algorithm(std::string_view hash) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
  sigstore::Bytes spki_;
};

// AlgorithmIdentifier and bytes of a hash ("SHA1", "SHA256").
sigstore::Bytes hash_identifier(std::string_view hash);
sigstore::Bytes hash_with(std::string_view hash, sigstore::ByteView bytes);

class TestCertificate;

// A certificate transparency log (RFC 6962).
class TestCtLog {
 public:
  explicit TestCtLog(std::string_view kind = "P-256")
      : key_(TestKey::make(kind)) {}

  const TestKey& key() const { return key_; }
  sigstore::Bytes id() const;  // 32 bytes
  // A SignedCertificateTimestamp of a certificate that is to be.
  sigstore::Bytes stamp(sigstore::ByteView tbs, sigstore::ByteView issuer_spki,
                        std::uint64_t time_ms,
                        sigstore::ByteView extensions) const;

 private:
  TestKey key_;
};

struct SctPlan {
  const TestCtLog* log = nullptr;
  std::int64_t time_ms = 0;
  sigstore::Bytes extensions = {};
};

struct TestExtension {
  std::string oid;
  sigstore::Bytes value;  // inside of the OCTET STRING
  bool critical = false;
};

inline constexpr const char* kCodeSigning = "1.3.6.1.5.5.7.3.3";
inline constexpr const char* kTimeStamping = "1.3.6.1.5.5.7.3.8";
inline constexpr const char* kSubjectAltName = "2.5.29.17";
inline constexpr const char* kSctList = "1.3.6.1.4.1.11129.2.4.2";
inline constexpr const char* kPoisonExtension = "1.3.6.1.4.1.11129.2.4.3";

// What to write into a certificate. Key usages are numbers of bits (RFC 5280
// 4.2.1.3).
struct CertificatePlan {
  static constexpr unsigned kDigitalSignature = 0;
  static constexpr unsigned kCertSign = 5;

  std::string organization = "sigstore.test";
  std::string name;          // common name; empty: no name at all
  std::uint64_t serial = 0;  // 0: a random one
  sigstore::Timestamp not_before{1'700'000'000};
  sigstore::Timestamp not_after{1'900'000'000};
  std::string not_after_text;  // in the place of it
  bool is_ca = false;
  std::optional<unsigned> path_length;
  std::vector<unsigned> key_usages;
  std::vector<std::string> extended_usages;
  bool extended_usages_are_critical = false;
  std::vector<TestExtension> more;
  std::vector<SctPlan> scts;
  std::string hash = "SHA256";  // of the signature on it
};

CertificatePlan ca_plan(std::string name);
CertificatePlan fulcio_ca_plan(std::string name);  // for codeSigning
// Ten minutes from 1'750'000'000 on. `san` is made by one of the next three.
CertificatePlan signer_plan(const TestExtension& san, std::string_view issuer);
CertificatePlan timestamp_plan(std::string name);

TestExtension san_email(std::string_view address);
TestExtension san_uri(std::string_view uri);
TestExtension san_username(std::string_view username);
// Any GeneralNames, each in DER.
TestExtension san_of(const std::vector<sigstore::Bytes>& names);
// 1.3.6.1.4.1.57264.1.<number>: as it is up to 6, a UTF8String above.
TestExtension fulcio_extension(int number, std::string_view text);

// A certificate and its key. Every one can issue more, right or wrong.
class TestCertificate {
 public:
  static TestCertificate self_signed(const CertificatePlan& plan,
                                     const TestKey& key);
  TestCertificate issue(const CertificatePlan& plan, const TestKey& key) const;

  const sigstore::Bytes& der() const { return der_; }
  const TestKey& key() const { return key_; }
  const sigstore::Bytes& name() const { return name_; }                // DER
  const sigstore::Bytes& issuer_name() const { return issuer_name_; }  // DER
  const sigstore::Bytes& serial() const { return serial_; }            // DER
  // Fails the test when the product does not read it.
  sigstore::Certificate certificate() const;

 private:
  TestCertificate(const CertificatePlan& plan, const TestKey& key);
  void sign_by(const TestCertificate& issuer, const CertificatePlan& plan);

  TestKey key_;
  sigstore::Bytes name_;
  sigstore::Bytes issuer_name_;
  sigstore::Bytes serial_;
  sigstore::Bytes der_;
};
