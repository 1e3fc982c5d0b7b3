// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/private_key.h"
#include "core/http/message.h"
#include "core/oidc/identity_token.h"
#include "core/trust/signing_config.h"
#include "core/trust/trusted_root.h"
#include "core/verify/verified_bundle.h"

// Certificates from Fulcio (fulcio, API v2; sigstore.md 4.5). Pure: the caller
// sends and receives.
namespace sigstore {

// How the request shows that the key is ours.
enum class KeyProof : std::uint8_t {
  certificate_request,  // PKCS#10, signed by the key
  challenge,            // the token's identity, signed by the key
};

// Carries the token: its errors, and it, are not to be printed.
Result<http::Request> certificate_request(const Service& service,
                                          const IdentityToken& token,
                                          const PrivateKey& key,
                                          KeyProof proof);

// The certificate in the answer: for this key, by an authority of the root,
// listed by a certificate log of it, for the token's e-mail address where it
// has one. bad_evidence where it is not; invalid_input when the clock here is
// too far from the certificate's time.
Result<Identity> read_certificate(const Service& service,
                                  const http::Response& answer,
                                  const IdentityToken& token,
                                  const PublicKey& own, const TrustedRoot& root,
                                  Timestamp now);

// The same for a certificate that was kept: for this key, by an authority of
// the root, listed, valid now.
Result<Identity> check_certificate(const Certificate& leaf,
                                   const PublicKey& own,
                                   const TrustedRoot& root, Timestamp now);

}  // namespace sigstore
