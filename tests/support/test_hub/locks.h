// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace test_hub {

/// The LFS file locks of all repositories, in memory.
class Locks {
 public:
  struct Lock {
    std::string id;
    std::string path;
    std::string owner;
    std::string locked_at;  // RFC 3339
  };
  struct Created {
    Lock lock;
    bool is_new = false;  // false: the path was locked already, by this lock
  };

  Created create(const std::string& repo, const std::string& path,
                 const std::string& owner);
  std::vector<Lock> list(const std::string& repo) const;
  std::optional<Lock> find(const std::string& repo,
                           const std::string& id) const;
  void remove(const std::string& repo, const std::string& id);

 private:
  mutable std::mutex mutex_;
  unsigned long last_id_ = 0;
  std::map<std::string, std::vector<Lock>> locks_;  // by repository
};

}  // namespace test_hub
