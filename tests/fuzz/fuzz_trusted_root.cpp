// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "core/trust/trusted_root.h"
#include "tests/fuzz/fuzz.h"

namespace sigstore {
namespace {

bool is_ordered(const ValidityPeriod& period) {
  return !period.start_ms || !period.end_ms ||
         *period.start_ms <= *period.end_ms;
}

void check_log(const TransparencyLog& log) {
  require(log.log_id.size() == 32, "an id has 32 bytes");
  require(log.checkpoint_key_id.empty() || log.checkpoint_key_id.size() == 32,
          "an id of checkpoints has 32 bytes");
  require(log.valid.start_ms.has_value(), "a log is valid since a time");
  require(is_ordered(log.valid), "a period does not end before it starts");
  require(log.origin().size() <= log.base_url.size(), "an origin is a part");
  require(!log.authority().empty(), "a log stands for something");
}

}  // namespace
}  // namespace sigstore

// What is read holds together.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const auto root = sigstore::parse_trusted_root({data, size});
  if (!root.ok()) return sigstore::finish(false);
  std::set<sigstore::Bytes> ids;
  for (const auto& log : root->tlogs) sigstore::check_log(log);
  for (const auto& log : root->ctlogs) {
    sigstore::check_log(log);
    require(ids.insert(log.log_id).second, "a CT log has its id alone");
  }
  for (const auto* list :
       {&root->certificate_authorities, &root->timestamp_authorities}) {
    for (const auto& authority : *list) {
      require(!authority.chain.empty(), "a chain has a certificate");
      require(sigstore::is_ordered(authority.valid),
              "a period does not end before it starts");
    }
  }
  return sigstore::finish(true);
}
