// SPDX-License-Identifier: Apache-2.0
//
// bench-verify-bundles TRUSTED_ROOT BUNDLE ARTIFACT IDENTITY ISSUER COUNT: the
// seconds that it takes, in this process, to read and verify a bundle, one of
// COUNT. The trusted root is read once, as by the peer in
// tests/interop/go/library.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/app/settings.h"
#include "core/app/trust_material.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/bundle/bundle_json.h"
#include "core/policy/signer_rule.h"
#include "core/verify/verify_bundle.h"

namespace sigstore {
namespace {

Result<void> verify_once(ByteView json, ByteView artifact,
                         const Evidence& evidence, const SignerRule& rule) {
  TRY_ASSIGN(const Bundle bundle, parse_bundle(json));
  const ArtifactDigests digests{hash_bytes(SignatureHash::sha256, artifact),
                                hash_bytes(SignatureHash::sha384, artifact),
                                hash_bytes(SignatureHash::sha512, artifact)};
  Trace trace;
  TRY_ASSIGN(const VerifiedBundle verified,
             verify_bundle(bundle, {digests, artifact}, evidence, trace));
  const auto* identity = std::get_if<Identity>(&verified.signer());
  if (identity == nullptr)
    return fail(ErrorKind::wrong_signer, "not signed with an identity");
  return check_signer(*identity, std::vector<SignerRule>{rule});
}

Result<double> measure(const std::vector<std::string>& arguments) {
  const Timestamp now = current_time();
  TRY_ASSIGN(const TrustMaterial trust,
             load_trust_material({arguments[0], {}}, now));
  TRY_ASSIGN(const Bytes json, read_file(arguments[1], limits::kBundle));
  TRY_ASSIGN(const Bytes artifact,
             read_file(arguments[2], limits::kSignedFile));
  const SignerRule rule{arguments[3], false, arguments[4], {}};
  const long count = std::atol(arguments[5].c_str());
  if (count < 1) return fail(ErrorKind::invalid_input, "not a count");
  KnownSignatures known;
  Evidence evidence{trust.root, now};
  evidence.known = &known;
  const auto start = std::chrono::steady_clock::now();
  for (long i = 0; i < count; ++i)
    TRY(verify_once(json, artifact, evidence, rule));
  const std::chrono::duration<double> taken =
      std::chrono::steady_clock::now() - start;
  return taken.count() / static_cast<double>(count);
}

}  // namespace
}  // namespace sigstore

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fputs(
        "usage: bench-verify-bundles TRUSTED_ROOT BUNDLE ARTIFACT IDENTITY "
        "ISSUER COUNT\n",
        stderr);
    return 2;
  }
  const sigstore::Result<double> seconds =
      sigstore::measure(std::vector<std::string>(argv + 1, argv + argc));
  if (!seconds.ok()) {
    std::fprintf(stderr, "bench-verify-bundles: %s\n",
                 seconds.error().message.c_str());
    return 1;
  }
  std::printf("%.9f\n", *seconds);
  return 0;
}
