// SPDX-License-Identifier: Apache-2.0
#include "hooks/known_problems.h"

#include <charconv>

#include "core/base/error.h"

namespace sigstore {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A number and the dot behind it, if there is one.
std::optional<unsigned> take_number(std::string_view& text) {
  unsigned number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

}  // namespace

std::string ProgramVersion::to_string() const {
  return concat(major, ".", minor, ".", patch);
}

std::optional<ProgramVersion> parse_version(std::string_view text) {
  while (!text.empty() && !is_digit(text[0])) text.remove_prefix(1);
  ProgramVersion version;
  const auto major = take_number(text);
  if (!major || !text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  const auto minor = take_number(text);
  if (!minor) return std::nullopt;
  version.major = *major;
  version.minor = *minor;
  // "2.55.GIT" and "2.55-rc1" have none.
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    version.patch = take_number(text).value_or(0);
  }
  return version;
}

const std::vector<KnownProblem>& known_problems() {
  static const std::vector<KnownProblem> kProblems{
      // git's release notes 2.45.1, and GHSA-8h77-4q3w-gfgv,
      // GHSA-xfc6-vwr8-r389, GHSA-vm9j-46j9-qvq4
      {"git",
       "CVE-2024-32002, CVE-2024-32004, CVE-2024-32465",
       {{2, 39, 4},
        {2, 40, 2},
        {2, 41, 1},
        {2, 42, 2},
        {2, 43, 4},
        {2, 44, 1},
        {2, 45, 1}},
       "1:2.39.5-0+deb12u1"},
      // GHSA-vwqx-4fm8-6qc9
      {"git",
       "CVE-2025-48384",
       {{2, 43, 7},
        {2, 44, 4},
        {2, 45, 4},
        {2, 46, 4},
        {2, 47, 3},
        {2, 48, 2},
        {2, 49, 1},
        {2, 50, 1}},
       "1:2.39.5-0+deb12u3"},
      // GHSA-6pvw-g552-53c5
      {"git-lfs", "CVE-2025-26625", {{3, 7, 1}}, "3.3.0-1+deb12u2"}};
  return kProblems;
}

bool is_fixed(const KnownProblem& problem, const ProgramVersion& version) {
  for (const ProgramVersion& fixed : problem.fixed)
    if (version.major == fixed.major && version.minor == fixed.minor)
      return version >= fixed;
  return version > problem.fixed.back();
}

}  // namespace sigstore
