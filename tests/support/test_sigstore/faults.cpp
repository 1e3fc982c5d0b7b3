// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.
#include "tests/support/test_sigstore/faults.h"

#include <utility>

namespace test_sigstore {

void Faults::set(const std::string& name, nlohmann::json how) {
  Fault& fault = faults_[name];
  fault.left = how.value("times", -1);
  fault.how = std::move(how);
}

void Faults::clear(const std::string& name) { faults_[name].how.reset(); }

std::optional<nlohmann::json> Faults::hit(const std::string& name) {
  const auto found = faults_.find(name);
  if (found == faults_.end() || !found->second.how || found->second.left == 0)
    return std::nullopt;
  Fault& fault = found->second;
  if (fault.left > 0) --fault.left;
  ++fault.hits;
  return fault.how;
}

int Faults::hits(const std::string& name) const {
  const auto found = faults_.find(name);
  return found == faults_.end() ? 0 : found->second.hits;
}

}  // namespace test_sigstore
