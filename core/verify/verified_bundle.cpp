// SPDX-License-Identifier: Apache-2.0
#include "core/verify/verified_bundle.h"

#include "core/base/encoding.h"

namespace sigstore {
namespace {

struct Describe {
  std::string operator()(const PublicKey& key) const {
    return "key " + key.fingerprint();
  }
  std::string operator()(const VerificationKey& key) const {
    return "key " + to_base64(key.id().bytes);
  }
  std::string operator()(const Certificate& certificate) const {
    return "certificate " + certificate.subject();
  }
  std::string operator()(const Identity& identity) const {
    return concat(identity.name.value, " (", identity.issuer, ")");
  }
};

}  // namespace

std::string describe_signer(const Signer& signer) {
  return std::visit(Describe{}, signer);
}

}  // namespace sigstore
