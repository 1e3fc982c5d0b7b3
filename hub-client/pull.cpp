// SPDX-License-Identifier: Apache-2.0
#include "hub-client/pull.h"

#include <fcntl.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "hub-client/download/file_digests.h"
#include "hub-client/download/hub_source.h"
#include "hub-client/download/verified_copy.h"
#include "hub-client/judged_listing.h"
#include "hub-client/store/present_files.h"

namespace sigstore::hub {
namespace {

// As long as another pull of this repository may take.
constexpr int kLockSeconds = 24 * 3600;

// For those digests that find_present() does not compute.
Result<bool> has_digests_at(const std::filesystem::path& path,
                            const ListedFile& file, const Expected& expected) {
  const FileDescriptor opened(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened.valid()) return false;
  return has_digests(opened.get(), file.path, file.size, expected);
}

// What is fetched once, under however many names the commit has it.
struct Fetch {
  const ListedFile* file;
  std::vector<const ListedFile*> twins = {};
};

// One pull, step by step.
class Puller {
 public:
  Puller(const PullTools& tools, const PullRequest& request, Trace& trace)
      : tools_(tools),
        request_(request),
        trace_(trace),
        pulled_{CommitQuestion{request.id, {}, {}, true, current_time()}} {}

  Result<Pulled> run() {
    TRY(pin());                           // (1)
    TRY_ASSIGN(Listing listing, list());  // (2)
    TRY(judge(std::move(listing)));       // (3)
    TRY(choose());
    TRY(gather());  // (4)
    TRY(finish());  // (5)
    return std::move(pulled_);
  }

 private:
  Result<void> pin();
  Result<Listing> list();
  Result<void> judge(Listing listing);
  Result<Bytes> read_signature(const ListedFile& file);
  Result<void> choose();
  Result<std::vector<std::size_t>> adopt_present();
  Result<bool> is_as_signed(const ListedFile& file,
                            const PresentFile& present) const;
  Result<void> need_nothing(const std::vector<std::size_t>& rest) const;
  WantedFile want(const ListedFile& file, std::filesystem::path partial) const;
  Result<void> plan_fetch(const std::vector<std::size_t>& rest);
  Result<bool> take_from_cache(const WantedFile& wanted,
                               const ListedFile& file);
  Result<void> place(const Fetch& fetch, const std::filesystem::path& partial);
  Result<void> gather();
  Result<void> finish();

  const PullTools& tools_;
  const PullRequest& request_;
  Trace& trace_;
  std::unique_ptr<JudgedListing> judged_;
  std::vector<const ListedFile*> chosen_;
  std::vector<WantedFile> wanted_;
  std::vector<Fetch> fetches_;          // as wanted_
  std::vector<std::string> differing_;  // paths of what is here and was changed
  Pulled pulled_;
};

Result<void> Puller::pin() {
  git::CommitId commit;
  if (request_.offline) {
    TRY_ASSIGN(commit, tools_.store.read_ref(request_.revision));
  } else {
    TRY_ASSIGN(commit,
               tools_.hub.resolve_revision(request_.repo, request_.revision));
  }
  pulled_.question.commit = commit;
  TRY_ASSIGN(pulled_.question.ref,
             ref_of_revision(request_.offline ? nullptr : &tools_.hub,
                             request_.repo, request_.revision, commit));
  return {};
}

Result<Listing> Puller::list() {
  const git::CommitId& commit = pulled_.question.commit;
  if (!request_.offline) return tools_.hub.list(request_.repo, commit);
  TRY_ASSIGN(std::optional<Listing> listing, tools_.store.read_listing(commit));
  if (!listing)
    return fail(ErrorKind::incomplete, "the list of files of ",
                commit.id.to_short(),
                " is not here; pull once with the network");
  return *std::move(listing);
}

Result<Bytes> Puller::read_signature(const ListedFile& file) {
  const git::CommitId& commit = pulled_.question.commit;
  if (!request_.offline)
    return tools_.hub.read(request_.repo, commit, file.path, limits::kBundle);
  const auto path = tools_.store.find(commit, file);
  if (!path)
    return fail(ErrorKind::incomplete, file.path,
                " is not here; pull once with the network");
  return read_file(*path, limits::kBundle);
}

Result<void> Puller::judge(Listing listing) {
  TRY_ASSIGN(judged_, JudgedListing::judge(
                          std::move(listing), pulled_.question, tools_.settings,
                          tools_.trust_file,
                          [this](const ListedFile& file) {
                            return read_signature(file);
                          },
                          trace_));
  if (!judged_->warning().empty()) tools_.terminal.warn(judged_->warning());
  pulled_.unchecked = judged_->is_unchecked();
  pulled_.verdict = judged_->verdict();
  return {};
}

Result<void> Puller::choose() {
  for (const ListedFile& file : judged_->listing().files) {
    if (!request_.filter.takes(file.path)) {
      ++pulled_.left_out;
      continue;
    }
    chosen_.push_back(&file);
    ++pulled_.files;
    pulled_.bytes += file.size;
    if (judged_->is_signed() && !judged_->is_covered(file))
      pulled_.uncovered.push_back(file.path);
  }
  if (!chosen_.empty() || request_.filter.takes_all()) return {};
  return fail(ErrorKind::not_found, "no file of ",
              describe(request_.id, pulled_.question.ref),
              " fits the patterns");
}

// What is here already, and has every digest: linked into its place. The
// indices of the rest of chosen_.
Result<std::vector<std::size_t>> Puller::adopt_present() {
  std::vector<std::size_t> rest;
  std::vector<ListedFile> files;
  for (const ListedFile* file : chosen_) files.push_back(*file);
  std::vector<PresentFile> present(files.size());
  if (!request_.force) {
    TRY_ASSIGN(present, find_present(
                            tools_.store, pulled_.question.commit, files,
                            [&](std::uint64_t done) {
                              tools_.terminal.progress("hashing what is here",
                                                       done, pulled_.bytes);
                            },
                            request_.known));
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    TRY_ASSIGN(const bool same, is_as_signed(files[i], present[i]));
    if (!same) {
      rest.push_back(i);
      if (present[i].state != PresentFile::State::missing)
        differing_.push_back(files[i].path);
    } else if (!request_.dry_run) {
      // What was hashed is a blob; the user is given the snapshot.
      TRY(tools_.store.adopt(pulled_.question.commit, files[i]));
    }
  }
  return rest;
}

// The Hub's word for it was compared before.
Result<bool> Puller::is_as_signed(const ListedFile& file,
                                  const PresentFile& present) const {
  if (present.state != PresentFile::State::intact) return false;
  const Expected expected = judged_->expected_of(file);
  if (expected.sha256 && *expected.sha256 != present.sha256) return false;
  if (expected.resources.empty()) return true;
  if (expected.resources.size() == 1 &&
      expected.parameters.method == Method::files &&
      expected.parameters.hash_type == HashAlgorithm::sha256)
    return expected.resources.front().digest == ContentDigest(present.sha256);
  const auto path = tools_.store.find(pulled_.question.commit, file);
  if (!path) return false;
  return has_digests_at(*path, file, expected);
}

// Nothing may be asked for: what is not here, or not what it was, ends it.
Result<void> Puller::need_nothing(const std::vector<std::size_t>& rest) const {
  if (rest.empty()) return {};
  if (!differing_.empty())
    return Error{ErrorKind::content_differs,
                 concat(differing_.front(), " is not what was ",
                        judged_->is_signed() ? "signed" : "listed",
                        "; pull once with the network"),
                 differing_};
  std::vector<std::string> missing;
  for (const std::size_t i : rest) missing.push_back(chosen_[i]->path);
  return Error{
      ErrorKind::incomplete,
      concat(
          missing.front(), " is not here",
          missing.size() > 1 ? concat(" (+", missing.size() - 1, " more)") : "",
          "; pull once with the network"),
      missing};
}

WantedFile Puller::want(const ListedFile& file,
                        std::filesystem::path partial) const {
  return {file.path, file.size, file.etag(), judged_->expected_of(file),
          std::move(partial)};
}

Result<bool> Puller::take_from_cache(const WantedFile& wanted,
                                     const ListedFile& file) {
  if (tools_.cache == nullptr || request_.force) return false;
  const auto there = tools_.cache->find(pulled_.question.commit, file);
  if (!there) return false;
  TRY_ASSIGN(const bool copied, copy_verified(*there, wanted));
  if (!copied) return false;
  TRY(tools_.store.place(pulled_.question.commit, file, wanted.partial));
  return true;
}

// What has to come from the Hub, each content once.
Result<void> Puller::plan_fetch(const std::vector<std::size_t>& rest) {
  std::map<std::string, std::size_t> first_of;  // by etag
  for (const std::size_t i : rest) {
    const ListedFile& file = *chosen_[i];
    const auto first = first_of.find(file.etag());
    if (first != first_of.end() &&
        same_content(wanted_[first->second], want(file, {}))) {
      fetches_[first->second].twins.push_back(&file);
      continue;
    }
    TRY_ASSIGN(std::filesystem::path partial, tools_.store.partial_path(file));
    WantedFile wanted = want(file, std::move(partial));
    TRY_ASSIGN(const bool taken, take_from_cache(wanted, file));
    if (taken) continue;
    first_of.emplace(file.etag(), wanted_.size());
    wanted_.push_back(std::move(wanted));
    fetches_.push_back({&file});
  }
  return {};
}

Result<void> Puller::place(const Fetch& fetch,
                           const std::filesystem::path& partial) {
  const git::CommitId& commit = pulled_.question.commit;
  TRY_ASSIGN(const std::filesystem::path placed,
             tools_.store.place(commit, *fetch.file, partial));
  for (const ListedFile* twin : fetch.twins) {
    TRY_ASSIGN(const bool shared, tools_.store.share(commit, *twin));
    if (shared) continue;
    TRY_ASSIGN(std::filesystem::path copy, tools_.store.partial_path(*twin));
    const WantedFile wanted = want(*twin, std::move(copy));
    TRY_ASSIGN(const bool copied, copy_verified(placed, wanted));
    if (!copied)
      return fail(ErrorKind::io, placed.string(),
                  " changed while it was copied");
    TRY(tools_.store.place(commit, *twin, wanted.partial));
  }
  return {};
}

Result<void> Puller::gather() {
  if (!request_.dry_run && !request_.offline)
    TRY(tools_.store.lock(kLockSeconds));
  TRY_ASSIGN(const std::vector<std::size_t> rest, adopt_present());
  if (request_.offline) return need_nothing(rest);
  if (!request_.dry_run) TRY(plan_fetch(rest));
  if (request_.dry_run)
    for (const std::size_t i : rest)
      pulled_.fetched.push_back(chosen_[i]->path);
  if (wanted_.empty()) return {};
  std::vector<std::string> paths;
  for (const WantedFile& file : wanted_) paths.push_back(file.path);
  pulled_.fetched = paths;
  const HubSource source(tools_.hub.options(), request_.repo,
                         pulled_.question.commit, std::move(paths));
  const Finished place_it = [&](std::size_t i,
                                const std::filesystem::path& partial) {
    return place(fetches_[i], partial);
  };
  TRY_ASSIGN(pulled_.report, download(tools_.network, wanted_, source, place_it,
                                      request_.download));
  return {};
}

Result<void> Puller::finish() {
  pulled_.folder = tools_.store.folder(pulled_.question.commit);
  if (request_.dry_run) return {};
  TRY(tools_.trust_file.update([&](TrustStore& store) -> Result<void> {
    return remember(pulled_.question, pulled_.verdict, store.at(request_.id));
  }));
  if (request_.offline) return {};
  return tools_.store.finish(request_.revision, judged_->listing());
}

}  // namespace

Result<Pulled> pull(const PullTools& tools, const PullRequest& request,
                    Trace& trace) {
  return Puller(tools, request, trace).run();
}

}  // namespace sigstore::hub
