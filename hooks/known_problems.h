// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sigstore {

// Published security problems of the programs that write a clone's files,
// where a signature cannot help: they run or write something on the way.

struct ProgramVersion {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned patch = 0;
  auto operator<=>(const ProgramVersion&) const = default;
  std::string to_string() const;
};

// The first "1.2.3" of `text`: "git version 2.39.5", "git-lfs/3.3.0 (...)".
std::optional<ProgramVersion> parse_version(std::string_view text);

struct KnownProblem {
  std::string program;  // and its Debian package
  std::string names;    // "CVE-2024-32002, CVE-2024-32004"
  // The first good version of each series, ascending; what is newer than the
  // last is good as well, what is older than its series' one is not.
  std::vector<ProgramVersion> fixed;
  // The first good revision of Debian 12's package.
  std::string debian12;
};

const std::vector<KnownProblem>& known_problems();

bool is_fixed(const KnownProblem& problem, const ProgramVersion& version);

}  // namespace sigstore
