// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/test_hub/git.h"

namespace test_hub {

/// A git index of its own, in which a commit grows on another.
class Index {
 public:
  /// With the tree of that commit; "" is none.
  Index(Hub& hub, const Repository& repository, const std::string& commit);
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;
  ~Index();

  /// False from the first step that failed.
  bool is_good() const { return is_good_; }

  void add(const std::string& path, const std::string& content);
  /// A blob that is there already.
  void add_blob(const std::string& path, const std::string& blob);
  void remove(const std::string& path);

  /// Which of the paths .gitattributes gives to LFS.
  std::vector<bool> are_lfs(const std::vector<std::string>& paths);

  /// Rules for those that it does not, as the Hub adds them by itself.
  void track(const std::vector<std::string>& paths);

  /// The new commit's id; nothing when something failed.
  std::optional<std::string> commit(const std::string& parent,
                                    const std::string& author,
                                    const std::string& message);

 private:
  std::optional<std::string> run(GitRun run);

  Hub& hub_;  // lives as long as the server
  Repository repository_;
  std::string path_;
  bool is_good_ = true;
};

/// Moves a ref from one commit to another; "" is none. False when it is not
/// there any more.
bool move_ref(Hub& hub, const Repository& repository, const std::string& ref,
              const std::string& to, const std::string& from);

}  // namespace test_hub
