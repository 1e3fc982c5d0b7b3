// SPDX-License-Identifier: Apache-2.0
#include "hooks/known_problems.h"

#include <algorithm>

#include "tests/support/catch.h"

using sigstore::is_fixed;
using sigstore::known_problems;
using sigstore::KnownProblem;
using sigstore::parse_version;
using sigstore::ProgramVersion;

TEST_CASE("versions are read as programs print them", "[hooks]") {
  CHECK(parse_version("git version 2.39.5") == ProgramVersion{2, 39, 5});
  CHECK(parse_version("git version 2.55.GIT") == ProgramVersion{2, 55, 0});
  CHECK(parse_version("git version 2.50.1.windows.1") ==
        ProgramVersion{2, 50, 1});
  CHECK(parse_version("git-lfs/3.7.1 (GitHub; linux amd64; go 1.24)") ==
        ProgramVersion{3, 7, 1});
  for (const char* none :
       {"", "git", "git version", "version 2", "2.x", "99999999999999.1.1"})
    CHECK_FALSE(parse_version(none).has_value());
}

TEST_CASE("a version is good from its own series' fix on", "[hooks]") {
  const KnownProblem problem{
      "git", "CVE", {{2, 43, 7}, {2, 44, 4}, {2, 50, 1}}, ""};
  for (const ProgramVersion bad :
       {ProgramVersion{2, 43, 6}, ProgramVersion{2, 44, 3},
        ProgramVersion{2, 50, 0}, ProgramVersion{2, 39, 5},
        ProgramVersion{1, 99, 9}})
    CHECK_FALSE(is_fixed(problem, bad));
  for (const ProgramVersion good :
       {ProgramVersion{2, 43, 7}, ProgramVersion{2, 43, 8},
        ProgramVersion{2, 44, 4}, ProgramVersion{2, 50, 1},
        ProgramVersion{2, 51, 0}, ProgramVersion{3, 0, 0}})
    CHECK(is_fixed(problem, good));
}

TEST_CASE("the table is ascending", "[hooks]") {
  for (const KnownProblem& problem : known_problems())
    CHECK(std::is_sorted(problem.fixed.begin(), problem.fixed.end()));
}
