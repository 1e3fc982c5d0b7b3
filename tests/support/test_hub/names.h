// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace test_hub {

/// Names that repositories had before, as they stand in addresses: "gpt2",
/// "old/m", "datasets/old/d".
class Names {
 public:
  void move(const std::string& from, const std::string& to);

  /// The address under the new name, for a raw path that begins with an old
  /// one, with /api/<type>/ or not.
  std::optional<std::string> redirect(const std::string& target) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> moved_;
};

}  // namespace test_hub
