// SPDX-License-Identifier: Apache-2.0
#include "hub-client/pull.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/manifest/signature_file.h"
#include "hub-client/download/file_digests.h"
#include "hub-client/download/hub_source.h"
#include "hub-client/listing_content.h"
#include "hub-client/listing_facts.h"
#include "hub-client/store/present_files.h"

namespace sigstore::hub {
namespace {

// As long as another pull of this repository may take.
constexpr int kLockSeconds = 24 * 3600;

const ListedFile* find_file(const Listing& listing, std::string_view path) {
  const auto file =
      std::lower_bound(listing.files.begin(), listing.files.end(), path,
                       [](const ListedFile& item, std::string_view name) {
                         return item.path < name;
                       });
  return file != listing.files.end() && file->path == path ? &*file : nullptr;
}

// Has the file every digest? For those that find_present() does not compute.
Result<bool> has_digests(const std::filesystem::path& path,
                         const ListedFile& file, const Expected& expected) {
  constexpr std::size_t kPart = limits::kMiB;
  TRY_ASSIGN(FileDigests digests,
             FileDigests::create(file.path, file.size, expected));
  const FileDescriptor opened(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened.valid()) return false;
  Bytes buffer(kPart);
  for (std::uint64_t at = 0; at < file.size;) {
    const std::size_t want = static_cast<std::size_t>(
        std::min<std::uint64_t>(kPart, file.size - at));
    const ssize_t got =
        pread(opened.get(), buffer.data(), want, static_cast<off_t>(at));
    if (got <= 0) return false;
    const auto size = static_cast<std::size_t>(got);
    const Result<void> fits = digests.update(ByteView(buffer).first(size));
    if (!fits.ok()) return false;
    at += size;
  }
  return digests.finish().ok();
}

// What git calls a revision; a commit's hash stays one.
Result<std::string> ref_of(const PullTools& tools, const PullRequest& request,
                           const git::CommitId& commit) {
  const std::string& revision = request.revision;
  if (revision == commit.id.to_hex() || revision.starts_with("refs/"))
    return revision;
  if (revision == "main" || request.offline) return "refs/heads/" + revision;
  TRY_ASSIGN(const References references, tools.hub.references(request.repo));
  for (const auto* list : {&references.branches, &references.tags})
    for (const Reference& item : *list)
      if (item.name == revision) return item.ref;
  return "refs/heads/" + revision;
}

// One pull, step by step.
class Puller {
 public:
  Puller(const PullTools& tools, const PullRequest& request, Trace& trace)
      : tools_(tools),
        request_(request),
        trace_(trace),
        pulled_{CommitQuestion{request.id, {}, {}, true, current_time()}} {}

  Result<Pulled> run() {
    TRY(pin());    // (1)
    TRY(list());   // (2)
    TRY(judge());  // (3)
    TRY(choose());
    TRY(gather());  // (4)
    TRY(finish());  // (5)
    return std::move(pulled_);
  }

 private:
  Result<void> pin();
  Result<void> list();
  Result<void> judge();
  Result<CommitVerdict> ask(ListingFacts& facts);
  Result<Bytes> read_signature(const ListedFile& file);
  Result<void> choose();
  bool is_covered(const ListedFile& file) const;
  Expected expected_of(const ListedFile& file) const;
  Result<std::vector<std::size_t>> adopt_present();
  Result<bool> is_as_signed(const ListedFile& file,
                            const PresentFile& present) const;
  Result<void> need_nothing(const std::vector<std::size_t>& rest) const;
  Result<void> gather();
  Result<void> finish();

  const PullTools& tools_;
  const PullRequest& request_;
  Trace& trace_;
  Listing listing_;
  Bytes signature_;
  std::optional<SignedManifest> signed_;
  std::optional<SignedFiles> signed_files_;  // of signed_
  std::vector<const ListedFile*> chosen_;
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
  TRY_ASSIGN(pulled_.question.ref, ref_of(tools_, request_, commit));
  return {};
}

Result<void> Puller::list() {
  const git::CommitId& commit = pulled_.question.commit;
  if (request_.offline) {
    TRY_ASSIGN(std::optional<Listing> listing,
               tools_.store.read_listing(commit));
    if (!listing)
      return fail(ErrorKind::incomplete, "the list of files of ",
                  commit.id.to_short(),
                  " is not here; pull once with the network");
    listing_ = std::move(*listing);
  } else {
    TRY_ASSIGN(listing_, tools_.hub.list(request_.repo, commit));
  }
  return check_listing_names(listing_);
}

Result<Bytes> Puller::read_signature(const ListedFile& file) {
  if (file.size > limits::kBundle)
    return fail(ErrorKind::invalid_input, file.path, " is longer than ",
                limits::kBundle, " bytes");
  if (!request_.offline)
    return tools_.hub.read(request_.repo, listing_.commit, file.path,
                           limits::kBundle);
  const auto path = tools_.store.find(listing_.commit, file);
  if (!path)
    return fail(ErrorKind::incomplete, file.path,
                " is not here; pull once with the network");
  return read_file(*path, limits::kBundle);
}

// By the signature where there is one, and by what is remembered.
Result<CommitVerdict> Puller::ask(ListingFacts& facts) {
  TRY_ASSIGN(const TrustStore store, tools_.trust_file.load());
  const RepositoryTrust& trust = store.find(request_.id);
  const ListedFile* const file = find_file(listing_, kSignatureName);
  if (file == nullptr)
    return check_unsigned_state(tools_.settings, trust, trace_);
  TRY_ASSIGN(signature_, read_signature(*file));
  return check_signed_state(signature_, facts, pulled_.question,
                            tools_.settings, trust, trace_);
}

Result<void> Puller::judge() {
  const Settings& settings = tools_.settings;
  pulled_.unchecked = settings.skip || settings.mode == Mode::off;
  if (pulled_.unchecked) return {};
  ListingFacts facts(listing_, pulled_.question, settings);
  Result<CommitVerdict> verdict = ask(facts);
  if (!verdict.ok()) {
    Error error = with_state_name(std::move(verdict).error(), pulled_.question);
    if (settings.mode != Mode::warn) return error;
    tools_.terminal.warn(error.message);
    pulled_.unchecked = true;
    return {};
  }
  pulled_.verdict = std::move(verdict).value();
  signed_ = facts.signed_manifest();
  if (signed_) signed_files_.emplace(signed_->manifest());
  return {};
}

Result<void> Puller::choose() {
  for (const ListedFile& file : listing_.files) {
    if (!request_.filter.takes(file.path)) {
      ++pulled_.left_out;
      continue;
    }
    chosen_.push_back(&file);
    ++pulled_.files;
    pulled_.bytes += file.size;
    if (signed_ && !is_covered(file)) pulled_.uncovered.push_back(file.path);
  }
  if (!chosen_.empty() || request_.filter.takes_all()) return {};
  return fail(ErrorKind::not_found, "no file of ",
              describe(request_.id, pulled_.question.ref),
              " fits the patterns");
}

// Needs a signature.
bool Puller::is_covered(const ListedFile& file) const {
  return file.path == kSignatureName || bound_digest(*signed_, file.path) ||
         !signed_files_->find(file.path).empty();
}

// Every digest that the file must have, by the signature and by the Hub.
Expected Puller::expected_of(const ListedFile& file) const {
  Expected expected;
  expected.sha256 = file.sha256;
  if (!file.sha256) expected.git_blob = file.blob_id;
  if (!signed_) return expected;
  expected.parameters = signed_->manifest().parameters;
  expected.resources = signed_files_->find(file.path);
  if (file.path == kSignatureName) expected.sha256 = sha256(signature_);
  if (const auto bound = bound_digest(*signed_, file.path))
    expected.sha256 = bound;
  return expected;
}

// What is here already, and has every digest: linked into its place. The
// indices of the rest of chosen_.
Result<std::vector<std::size_t>> Puller::adopt_present() {
  std::vector<std::size_t> rest;
  std::vector<ListedFile> files;
  for (const ListedFile* file : chosen_) files.push_back(*file);
  std::vector<PresentFile> present(files.size());
  if (!request_.force) {
    TRY_ASSIGN(present, find_present(tools_.store, listing_.commit, files,
                                     [&](std::uint64_t done) {
                                       tools_.terminal.progress(
                                           "hashing what is here", done,
                                           pulled_.bytes);
                                     }));
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    TRY_ASSIGN(const bool same, is_as_signed(files[i], present[i]));
    if (!same) {
      rest.push_back(i);
      if (present[i].state != PresentFile::State::missing)
        differing_.push_back(files[i].path);
    } else if (!request_.dry_run) {
      // What was hashed is a blob; the user is given the snapshot.
      TRY(tools_.store.adopt(listing_.commit, files[i]));
    }
  }
  return rest;
}

// The Hub's word for it was compared before.
Result<bool> Puller::is_as_signed(const ListedFile& file,
                                  const PresentFile& present) const {
  if (present.state != PresentFile::State::intact) return false;
  const Expected expected = expected_of(file);
  if (expected.sha256 && *expected.sha256 != present.sha256) return false;
  if (expected.resources.empty()) return true;
  if (expected.resources.size() == 1 &&
      expected.parameters.method == Method::files &&
      expected.parameters.hash_type == HashAlgorithm::sha256)
    return expected.resources.front().digest == ContentDigest(present.sha256);
  const auto path = tools_.store.find(listing_.commit, file);
  if (!path) return false;
  return has_digests(*path, file, expected);
}

// Nothing may be asked for: what is not here, or not what it was, ends it.
Result<void> Puller::need_nothing(const std::vector<std::size_t>& rest) const {
  if (rest.empty()) return {};
  if (!differing_.empty())
    return Error{
        ErrorKind::content_differs,
        concat(differing_.front(), " is not what was ",
               signed_ ? "signed" : "listed", "; pull once with the network"),
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

Result<void> Puller::gather() {
  if (!request_.dry_run && !request_.offline)
    TRY(tools_.store.lock(kLockSeconds));
  TRY_ASSIGN(const std::vector<std::size_t> rest, adopt_present());
  if (request_.offline) return need_nothing(rest);
  for (const std::size_t i : rest) pulled_.fetched.push_back(chosen_[i]->path);
  if (request_.dry_run || rest.empty()) return {};
  std::vector<WantedFile> wanted;
  std::vector<const ListedFile*> files;
  std::vector<std::string> paths;
  for (const std::size_t i : rest) {
    const ListedFile& file = *chosen_[i];
    TRY_ASSIGN(std::filesystem::path partial, tools_.store.partial_path(file));
    wanted.push_back({file.path, file.size, file.etag(), expected_of(file),
                      std::move(partial)});
    files.push_back(&file);
    paths.push_back(file.path);
  }
  const HubSource source(tools_.hub.options(), request_.repo, listing_.commit,
                         std::move(paths));
  const Finished place = [&](std::size_t i,
                             const std::filesystem::path& partial) {
    Result<std::filesystem::path> placed =
        tools_.store.place(listing_.commit, *files[i], partial);
    return placed.ok() ? Result<void>() : std::move(placed).error();
  };
  TRY_ASSIGN(pulled_.report, download(tools_.network, wanted, source, place,
                                      request_.download));
  return {};
}

Result<void> Puller::finish() {
  pulled_.folder = tools_.store.folder(listing_.commit);
  if (request_.dry_run) return {};
  TRY(tools_.trust_file.update([&](TrustStore& store) -> Result<void> {
    return remember(pulled_.question, pulled_.verdict, store.at(request_.id));
  }));
  if (request_.offline) return {};
  return tools_.store.finish(request_.revision, listing_);
}

}  // namespace

Result<Pulled> pull(const PullTools& tools, const PullRequest& request,
                    Trace& trace) {
  return Puller(tools, request, trace).run();
}

}  // namespace sigstore::hub
