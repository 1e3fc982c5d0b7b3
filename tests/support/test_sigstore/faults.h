// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace test_sigstore {

// What is to go wrong, by name, and how often it did. A fault may say how
// many times it happens ("times"); otherwise it goes on until it is cleared.
class Faults {
 public:
  void set(const std::string& name, nlohmann::json how);
  void clear(const std::string& name);
  // How, if it is set; counts the hit.
  std::optional<nlohmann::json> hit(const std::string& name);
  int hits(const std::string& name) const;

 private:
  struct Fault {
    std::optional<nlohmann::json> how;
    int left = -1;  // -1: without end
    int hits = 0;
  };
  std::map<std::string, Fault> faults_;
};

}  // namespace test_sigstore
