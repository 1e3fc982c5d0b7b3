// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bundle/bundle.h"
#include "core/trust/trusted_root.h"
#include "tests/support/test_authority.h"
#include "tests/support/test_timestamps.h"

// How a bundle is to be made: right, unless told.
struct BundlePlan {
  // The payload of an envelope; empty: a message is signed.
  std::string statement;
  bool rekor_v2 = false;
  bool with_promise = true;  // Rekor v1 only
  // Always there with Rekor v2, which promises no time.
  bool with_timestamp = false;
  sigstore::Timestamp signed_at{1'750'000'100};
  sigstore::Timestamp stamped_at{1'750'000'100};
  // The entry is this one of so many.
  std::uint64_t index = 5;
  std::uint64_t size = 11;
  // How the signer's certificate is to be; nothing: as Fulcio issues it.
  std::optional<CertificatePlan> leaf;
  // Who signs, in the place of the key that the bundle is by.
  const TestKey* hand = nullptr;
  // In the place of the instance's own.
  const TestCertificate* issuer = nullptr;
  const TestCertificate* tsa = nullptr;
};

// A Sigstore instance in memory: certificate authority, certificate log, two
// transparency logs and a timestamp authority. Everything that it writes it
// writes on its own, without the product's code.
class VirtualSigstore {
 public:
  static constexpr const char* kIdentity = "alice@example.org";
  static constexpr const char* kIssuer = "https://issuer.example.org";

  VirtualSigstore();

  sigstore::TrustedRoot trusted_root() const;

  // A bundle over `message`, or over the plan's statement.
  sigstore::Bundle sign(std::string_view message,
                        const BundlePlan& plan = {}) const;

  // The same by a managed key.
  sigstore::Bundle sign_with(const TestKey& key, std::string_view message,
                             const BundlePlan& plan = {}) const;

  // An entry with this body in the log, with its proof and promise.
  sigstore::TlogEntry log(const std::string& body,
                          const BundlePlan& plan) const;

  const TestCertificate& fulcio_root() const { return root_; }
  const TestCertificate& fulcio() const { return fulcio_; }
  const TestCertificate& tsa_root() const { return tsa_root_; }
  const TestCertificate& tsa() const { return tsa_; }
  const TestCtLog& ct_log() const { return ct_log_; }
  const TestKey& rekor_v1() const { return rekor_v1_; }
  const TestKey& rekor_v2() const { return rekor_v2_; }

 private:
  sigstore::Bundle finish(const TestKey& key, std::string_view message,
                          const std::string& verifier_v1,
                          const std::string& verifier_v2,
                          const BundlePlan& plan) const;

  TestCertificate root_;
  TestCertificate fulcio_;
  TestCertificate tsa_root_;
  TestCertificate tsa_;
  TestCtLog ct_log_;
  TestKey rekor_v1_;
  TestKey rekor_v2_;
};
