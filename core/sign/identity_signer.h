// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/bundle/bundle.h"
#include "core/crypto/private_key.h"
#include "core/http/client.h"
#include "core/oidc/identity_token.h"
#include "core/sign/fulcio.h"
#include "core/sign/signing_services.h"
#include "core/sign/statement_signer.h"
#include "core/trust/trusted_root.h"
#include "core/verify/verify_bundle.h"

namespace sigstore {

// What signing with an identity becomes public, for ever.
struct Publication {
  std::string identity;
  std::string issuer;
  Sha256Digest digest;  // of what is signed
  ServiceGroup logs;
};

// A certificate of an earlier run, and its key.
struct KeptCertificate {
  PrivateKey key;
  Certificate leaf;
};

// Whom an identity signs with. All that is referred to lives longer.
struct IdentitySigning {
  http::Client& client;
  const TrustedRoot& root;
  SigningServices services;
  std::function<Timestamp()> clock;
  // A token that is valid now; asked when a certificate is needed.
  std::function<Result<IdentityToken>()> token;
  // Called once a certificate, before anything is sent; an error stops it.
  std::function<Result<void>(const Publication&)> announce;
  KeyProof proof = KeyProof::certificate_request;
  // Certificates that outlive a run, where there are any: one to use, which is
  // checked like a new one, and a new one to keep.
  std::function<std::optional<KeptCertificate>()> recall = {};
  std::function<void(const PrivateKey&, const Certificate&)> keep = {};
};

// Signs in the name of who a token names (client-spec 3): a key that lives in
// memory only, a certificate for it, the signature, and then side by side
// timestamps and log entries. Everything that a service answers is verified
// before the next one is asked, and the bundle at the end as any reader would.
// A certificate serves again while a minute of it is left.
//
// Errors name the service; nothing was written when there is one, though the
// log may have the entry.
class IdentitySigner final : public StatementSigner {
 public:
  explicit IdentitySigner(IdentitySigning signing)
      : signing_(std::move(signing)) {}

  Result<Bundle> sign_statement(Bytes statement) override;
  Result<Bundle> sign_message(ByteView message);

  // Takes a certificate that was kept, if there is one that serves.
  bool recall_certificate();

  // Who signs; nothing before there is a certificate.
  const std::optional<Identity>& identity() const { return identity_; }

 private:
  Result<void> need_certificate(ByteView content);
  Result<void> get_certificate(ByteView content);
  bool serves() const;
  Result<Bundle> finish(Bundle bundle, const SignedContent& content);
  Result<void> add_evidence(Bundle& bundle, const SignedContent& content) const;

  IdentitySigning signing_;
  std::optional<PrivateKey> key_;
  std::optional<Identity> identity_;
  bool announced_ = false;  // what the certificate signs becomes public
};

}  // namespace sigstore
