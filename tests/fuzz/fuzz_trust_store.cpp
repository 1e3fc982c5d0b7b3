// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string>

#include "core/policy/trust_store.h"
#include "tests/fuzz/fuzz.h"

namespace sigstore {
namespace {

bool same(const LastVerified& a, const LastVerified& b) {
  return a.commit == b.commit && a.signed_at == b.signed_at &&
         a.bundle == b.bundle && a.signer == b.signer &&
         a.verified_at == b.verified_at;
}

bool same(const RepositoryTrust& a, const RepositoryTrust& b) {
  if (a.signers.size() != b.signers.size() || a.refs.size() != b.refs.size())
    return false;
  for (std::size_t i = 0; i < a.signers.size(); ++i)
    if (!(a.signers[i].id() == b.signers[i].id()) ||
        a.signers[i].name != b.signers[i].name ||
        a.signers[i].added_at != b.signers[i].added_at)
      return false;
  for (const auto& [ref, last] : a.refs)
    if (!b.refs.contains(ref) || !same(last, b.refs.at(ref))) return false;
  return true;
}

}  // namespace
}  // namespace sigstore

// Nothing is forgotten or added by reading and writing the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const auto store = sigstore::TrustStore::parse({data, size});
  if (!store.ok()) return sigstore::finish(false);
  const std::string written = store->to_json();
  const auto again = sigstore::TrustStore::parse(sigstore::as_bytes(written));
  require(again.ok(), "a written trust file parses");
  require(again->to_json() == written, "writing is stable");
  require(again->repositories().size() == store->repositories().size(),
          "there are as many repositories");
  for (const auto& [name, trust] : store->repositories())
    require(again->repositories().contains(name) &&
                sigstore::same(trust, again->repositories().at(name)),
            "a repository keeps its signers and refs");
  return sigstore::finish(true);
}
