// SPDX-License-Identifier: Apache-2.0
//
// The property: the manifest of a commit equals the manifest of its checkout,
// or is refused. Random commits are made and checked out by the real git and
// git-lfs, in a HOME of their own.
//
//   property-tests [SEED [CASE]]
//
// SEED or $SIGSTORE_SEED chooses the cases, $SIGSTORE_CASES how many. With
// CASE only that one runs and its folder stays.

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/crypto/message_digest.h"
#include "core/git/lfs_pointer.h"
#include "core/git/libgit2_reader.h"
#include "core/manifest/directory_content.h"
#include "core/manifest/tree_content.h"
#include "tests/property/generated_case.h"
#include "tests/property/git_workshop.h"

namespace sigstore {
namespace {

constexpr std::uint64_t kDefaultSeed = 20240229;
constexpr std::uint64_t kDefaultCases = 320;
// Below this, rare features may be absent.
constexpr std::uint64_t kCasesForAllFeatures = 300;

// Every refusal has one of these reasons; another one is a failure.
constexpr std::array<std::string_view, 12> kReasons{
    "two names differ only in case",
    "is a symbolic link",
    "is a submodule",
    "has an unknown mode",
    "not valid UTF-8",
    "some file systems take it for .git",
    "it has control characters",
    "it has a backslash, colon or slash",
    "it ends in a dot or space",
    "a git-lfs pointer that is not in canonical form",
    "a git-lfs pointer that no filter=lfs attribute covers",
    "unsafe .gitattributes",
};

struct Outcome {
  bool equal = false;
  std::string reason = {};   // of the refusal
  std::string problem = {};  // the property does not hold
};

struct Count {
  std::uint64_t cases = 0;
  std::uint64_t equal = 0;
};

std::string list_case(const GeneratedCase& generated) {
  std::string out;
  for (const auto& [path, entry] : generated.entries) {
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%06o", entry.mode);
    out += concat("    ", mode.data(), " ", printable(path), "  ",
                  printable(entry.blob.substr(0, 300)), "\n");
  }
  for (const auto& [name, value] : generated.user_config)
    out += concat("    user: ", name, "=", value, "\n");
  if (!generated.user_attributes.empty())
    out += concat(
        "    user's attributes: ", printable(generated.user_attributes), "\n");
  return out;
}

Outcome refused(const Error& error) {
  for (const std::string_view reason : kReasons)
    if (error.kind == ErrorKind::unsafe_tree &&
        error.message.find(reason) != std::string::npos)
      return {.reason = concat(kind_name(error.kind), ": ", reason)};
  return {.problem = concat("refused in an unknown way: ",
                            kind_name(error.kind), ": ", error.message)};
}

Result<Outcome> compare_manifests(const Manifest& tree,
                                  const Manifest& directory) {
  const Difference difference = compare(tree, directory);
  if (difference.empty() && tree.resources == directory.resources &&
      tree.total_size == directory.total_size)
    return Outcome{.equal = true};
  Outcome outcome{.problem = "the manifests differ:"};
  for (const std::string& path : difference.missing)
    outcome.problem += " missing in the checkout: " + printable(path);
  for (const std::string& path : difference.extra)
    outcome.problem += " only in the checkout: " + printable(path);
  for (const std::string& path : difference.changed)
    outcome.problem += " other bytes: " + printable(path);
  return outcome;
}

Result<Outcome> run_case(GitWorkshop& workshop, const GeneratedCase& generated,
                         const std::string& name) {
  TRY(workshop.use_settings(generated, name));
  TRY_ASSIGN(const MadeCommit made, workshop.make(generated, name));
  const git::Git git = workshop.git_in(made.repository);
  TRY_ASSIGN(const std::string folder, git.objects_folder());
  TRY_ASSIGN(const std::unique_ptr<git::Libgit2Reader> objects,
             git::Libgit2Reader::open({folder}));
  const Result<Manifest> tree =
      TreeContent(*objects, git, made.commit).manifest({}, generated.selection);
  if (!tree.ok()) return refused(tree.error());
  Result<std::filesystem::path> checkout = workshop.check_out(made, name);
  TRY_ASSIGN(const std::filesystem::path path,
             std::move(checkout).context("a manifest, but no checkout"));
  Result<Manifest> directory =
      DirectoryContent(path).manifest({}, generated.selection);
  TRY_ASSIGN(const Manifest manifest,
             std::move(directory).context("manifest of the checkout"));
  return compare_manifests(*tree, manifest);
}

// What the real git-lfs writes is what we read and write.
Result<void> check_stored(const std::vector<StoredFile>& stored) {
  for (const StoredFile& file : stored) {
    const git::LfsPointer pointer{
        sha256(as_bytes(file.content)),
        static_cast<std::int64_t>(file.content.size())};
    if (git::write_lfs_pointer(pointer) != file.pointer)
      return fail(ErrorKind::internal,
                  "git-lfs writes another pointer: ", printable(file.pointer));
  }
  return {};
}

class Report {
 public:
  void add(const GeneratedCase& generated, const Outcome& outcome) {
    ++cases_;
    if (outcome.equal) ++equal_;
    if (!outcome.reason.empty()) ++reasons_[outcome.reason];
    for (const std::string& feature : generated.features) {
      ++features_[feature].cases;
      if (outcome.equal) ++features_[feature].equal;
    }
  }
  void add_failure() { ++failures_; }

  // Prints everything; true when the test has passed.
  bool finish(bool all_features_needed) {
    std::printf("%-44s %6s %6s\n", "feature", "cases", "equal");
    for (const Feature& feature : all_features()) {
      const Count& count = features_[feature.name];
      const bool seen =
          count.cases > 0 && (!feature.harmless || count.equal > 0);
      std::printf("%-44s %6ju %6ju%s\n", feature.name,
                  std::uintmax_t{count.cases}, std::uintmax_t{count.equal},
                  seen ? "" : "  <- too few");
      if (!seen && all_features_needed) add_failure();
    }
    if (features_.size() != all_features().size()) {
      std::printf("property: a feature is not in the list\n");
      add_failure();
    }
    std::uint64_t refused_cases = 0;
    std::string by_reason;
    for (const auto& [reason, count] : reasons_) {
      refused_cases += count;
      by_reason += concat(by_reason.empty() ? "" : "; ", reason, " ", count);
    }
    if (all_features_needed && (equal_ == 0 || refused_cases == 0))
      add_failure();
    std::printf("property: %ju cases, %ju equal, %ju refused (by reason: %s)\n",
                std::uintmax_t{cases_}, std::uintmax_t{equal_},
                std::uintmax_t{refused_cases}, by_reason.c_str());
    if (failures_ > 0)
      std::printf("property: %ju failures\n", std::uintmax_t{failures_});
    return failures_ == 0;
  }

 private:
  std::uint64_t cases_ = 0;
  std::uint64_t equal_ = 0;
  std::uint64_t failures_ = 0;
  std::map<std::string, std::uint64_t> reasons_;
  std::map<std::string, Count> features_;
};

struct Options {
  std::uint64_t seed = kDefaultSeed;
  std::uint64_t cases = kDefaultCases;
  std::optional<std::uint64_t> only;
};

bool read_number(const char* text, std::uint64_t& number) {
  if (text == nullptr) return true;
  const std::string_view view = text;
  const auto [end, error] =
      std::from_chars(view.data(), view.data() + view.size(), number);
  return error == std::errc() && end == view.data() + view.size();
}

void run_one(GitWorkshop& workshop, const Options& options,
             std::uint64_t number, Report& report) {
  RandomSource random(options.seed * 1'000'003 + number);
  const GeneratedCase generated =
      generate_case(random, workshop.stored(), number);
  const Result<Outcome> outcome =
      run_case(workshop, generated, concat("case-", number));
  const std::string problem =
      outcome.ok() ? outcome->problem : outcome.error().message;
  if (outcome.ok()) report.add(generated, *outcome);
  if (!problem.empty()) {
    report.add_failure();
    std::printf("case %ju: %s\n%s    again: property-tests %ju %ju\n",
                std::uintmax_t{number}, problem.c_str(),
                list_case(generated).c_str(), std::uintmax_t{options.seed},
                std::uintmax_t{number});
  } else if (options.only) {
    std::printf("%s    %s\n", list_case(generated).c_str(),
                outcome->equal ? "equal" : outcome->reason.c_str());
  }
}

Result<bool> run(const Options& options) {
  std::error_code error;
  const std::string pattern =
      (std::filesystem::temp_directory_path(error) / "sigstore-property-XXXXXX")
          .string();
  TRY_ASSIGN(TemporaryDirectory folder, TemporaryDirectory::create(pattern));
  TRY_ASSIGN(GitWorkshop workshop, GitWorkshop::open(folder.path()));
  TRY(check_stored(workshop.stored()));
  Report report;
  if (!options.only) {
    for (std::uint64_t number = 0; number < options.cases; ++number)
      run_one(workshop, options, number, report);
    return report.finish(options.cases >= kCasesForAllFeatures);
  }
  run_one(workshop, options, *options.only, report);
  const std::filesystem::path kept = folder.path().string() + "-kept";
  std::filesystem::rename(folder.path(), kept, error);
  std::printf("kept in %s\n", kept.c_str());
  return report.finish(false);
}

}  // namespace
}  // namespace sigstore

int main(int argc, char** argv) {
  sigstore::Options options;
  std::uint64_t only = 0;
  if (!sigstore::read_number(std::getenv("SIGSTORE_SEED"), options.seed) ||
      !sigstore::read_number(std::getenv("SIGSTORE_CASES"), options.cases) ||
      !sigstore::read_number(argc > 1 ? argv[1] : nullptr, options.seed) ||
      !sigstore::read_number(argc > 2 ? argv[2] : nullptr, only) || argc > 3) {
    std::fprintf(stderr, "usage: property-tests [SEED [CASE]]\n");
    return 2;
  }
  if (argc > 2) options.only = only;
  std::printf("property: seed %ju\n", std::uintmax_t{options.seed});
  const sigstore::Result<bool> passed = sigstore::run(options);
  if (!passed.ok())
    std::fprintf(stderr, "property: %s\n", passed.error().message.c_str());
  return passed.ok() && *passed ? 0 : 1;
}
