// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace test_hub {

/// Discussions and pull requests of all repositories, while the hub runs.
class Discussions {
 public:
  struct Discussion {
    unsigned number = 0;
    std::string title;
    std::string description;
    std::string author;
    bool is_pull_request = false;
    std::string status = "open";  // draft, open, closed, merged
  };

  /// Gives it the next number.
  unsigned add(const std::string& repo, Discussion discussion);
  std::vector<Discussion> list(const std::string& repo) const;
  std::optional<Discussion> find(const std::string& repo,
                                 unsigned number) const;
  void set_status(const std::string& repo, unsigned number,
                  const std::string& status);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<Discussion>> all_;  // by repository
};

}  // namespace test_hub
