// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include "core/trust/signing_config.h"
#include "tests/fuzz/fuzz.h"

namespace sigstore {
namespace {

void check_selection(const std::vector<Service>& offered,
                     const ServiceSelection& selection) {
  constexpr Timestamp kNow{1'780'000'000};
  const auto chosen = select_services(offered, selection, {1, 2}, kNow);
  if (!chosen.ok()) return;
  require(!chosen->empty(), "a selection is not empty");
  std::set<std::string> operators;
  for (const Service& service : *chosen) {
    require(service.valid.contains(kNow), "a service is valid");
    require(service.api_version == chosen->front().api_version,
            "versions are not mixed");
    require(operators.insert(service.operator_name).second,
            "an operator has one service");
  }
  if (selection.selector == ServiceSelection::Selector::exact)
    require(chosen->size() == selection.count, "exactly so many");
  const auto first = select_service(offered, {1, 2}, kNow);
  require(first.ok() && *first == chosen->front(), "the first is the first");
}

bool check_config(ByteView json) {
  const auto config = parse_signing_config(json);
  if (!config.ok()) return false;
  check_selection(config->tlogs, config->tlog_selection);
  check_selection(config->timestamp_authorities, config->timestamp_selection);
  return true;
}

}  // namespace
}  // namespace sigstore

// A signing config, alone or in a client trust config.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const sigstore::ByteView json(data, size);
  const auto both = sigstore::parse_client_trust_config(json);
  if (both.ok())
    sigstore::check_config(sigstore::as_bytes(both->signing_config));
  return sigstore::finish(sigstore::check_config(json) || both.ok());
}
