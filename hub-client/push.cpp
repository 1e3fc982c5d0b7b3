// SPDX-License-Identifier: Apache-2.0
#include "hub-client/push.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/manifest/directory_content.h"
#include "hub-client/upload/commit_body.h"
#include "hub-client/upload/upload.h"

namespace sigstore::hub {
namespace {

// Above it the Hub keeps no file outside of LFS (hub.md 4.1).
constexpr std::uint64_t kLargestPlain = 10 * limits::kMiB;

// The files of a manifest, and their digests where it has them whole.
std::map<std::string, std::optional<Sha256Digest>> signed_files(
    const Manifest& manifest) {
  std::map<std::string, std::optional<Sha256Digest>> files;
  const bool is_sha256 = manifest.parameters.hash_type == HashAlgorithm::sha256;
  for (const Resource& resource : manifest.resources) {
    if (manifest.parameters.method == Method::shards) {
      const Result<ShardName> shard = parse_shard_name(resource.name);
      if (shard.ok()) files.emplace(shard->path, std::nullopt);
      continue;
    }
    std::optional<Sha256Digest> digest;
    if (is_sha256) {
      digest.emplace();
      const ByteView bytes = resource.digest.view();
      std::copy(bytes.begin(), bytes.end(), digest->bytes.begin());
    }
    files.emplace(resource.name, digest);
  }
  return files;
}

bool is_signature(const std::string& path) { return path == kSignatureName; }

// What a reader would find beside the signed files.
std::vector<std::string> extra_files(const Listing& listing,
                                     const Manifest& manifest,
                                     const Exclusions& exclusions) {
  const auto files = signed_files(manifest);
  std::vector<std::string> extra;
  for (const ListedFile& file : listing.files)
    if (!files.contains(file.path) && !is_signature(file.path) &&
        !exclusions.covers(file.path))
      extra.push_back(file.path);
  return extra;
}

std::string shown(const std::vector<std::string>& paths) {
  constexpr std::size_t kShown = 3;
  std::string out;
  for (std::size_t i = 0; i < std::min(paths.size(), kShown); ++i)
    out += concat(i == 0 ? "" : ", ", paths[i]);
  if (paths.size() > kShown)
    out += concat(" (+", paths.size() - kShown, " more)");
  return out;
}

// The folder; no signature is made over one that the head has more than.
class FolderOverHead final : public Content {
 public:
  FolderOverHead(const PushRequest& request, const Listing& head,
                 const Terminal& terminal)
      : request_(request),
        head_(head),
        folder_(
            request.folder,
            [&terminal](std::uint64_t done, std::uint64_t total) {
              terminal.progress("hashing", done, total);
            },
            request.known) {}

  Result<Manifest> manifest(const Parameters& parameters,
                            const Selection& selection) override {
    TRY_ASSIGN(Manifest manifest, folder_.manifest(parameters, selection));
    extra = extra_files(head_, manifest, selection.exclusions);
    if (extra.empty() || request_.delete_extra) return manifest;
    Error error = fail(ErrorKind::invalid_input, request_.repo.path(), "@",
                       request_.branch, " has files that ",
                       request_.folder.string(), " has not: ", shown(extra),
                       "; fetch them, or let --delete-extra delete them");
    error.details = extra;
    return error;
  }
  std::vector<std::string> notes() const override { return folder_.notes(); }

  std::vector<std::string> extra;

 private:
  const PushRequest& request_;
  const Listing& head_;
  DirectoryContent folder_;
};

// Does the head have this file as it is?
Result<bool> is_there(const UploadFile& file, const Listing& head) {
  const ListedFile* listed = head.find(file.path);
  if (listed == nullptr || listed->size != file.size) return false;
  if (listed->sha256) return listed->sha256 == file.sha256;
  if (file.size > kLargestPlain) return false;
  TRY_ASSIGN(const Bytes content, read_file(file.local, kLargestPlain));
  TRY_ASSIGN(const std::string id, blob_id(content));
  return id == listed->blob_id;
}

Result<UploadFile> upload_file(const std::filesystem::path& folder,
                               const std::string& path,
                               const std::optional<Sha256Digest>& digest) {
  UploadFile file{path, folder / path, 0, digest};
  std::error_code error;
  file.size = std::filesystem::file_size(file.local, error);
  if (error)
    return fail(ErrorKind::content_differs, file.local.string(),
                " changed while it was uploaded");
  return file;
}

struct Head {
  bool made_repo = false;
  Listing listing;
};

Result<Head> prepare(Hub& hub, const PushRequest& request) {
  Head head;
  TRY_ASSIGN(head.made_repo, hub.create_repo(request.repo, request.is_private));
  Result<git::CommitId> commit =
      hub.resolve_revision(request.repo, request.branch);
  if (!commit.ok() && commit.error().kind == ErrorKind::not_found &&
      !request.create_pr && !request.branch.starts_with("refs/")) {
    TRY(hub.create_branch(request.repo, request.branch));
    commit = hub.resolve_revision(request.repo, request.branch);
  }
  if (!commit.ok()) return std::move(commit).error();
  TRY_ASSIGN(head.listing, hub.list(request.repo, *commit));
  return head;
}

}  // namespace

Result<void> check_listing(const Listing& listing, const Manifest& manifest,
                           const Exclusions& exclusions) {
  Difference difference;
  difference.extra = extra_files(listing, manifest, exclusions);
  for (const auto& [path, digest] : signed_files(manifest)) {
    const ListedFile* listed = listing.find(path);
    if (listed == nullptr)
      difference.missing.push_back(path);
    else if (digest && listed->sha256 && *listed->sha256 != *digest)
      difference.changed.push_back(path);
  }
  return check_no_difference(difference);
}

Result<Pushed> push(const PushTools& tools, const PushRequest& request) {
  // 1
  TRY_ASSIGN(const Head head, prepare(tools.hub, request));
  // 2, 3
  FolderOverHead content(request, head.listing, tools.terminal);
  TRY_ASSIGN(SignedModel model,
             sign_model(content, tools.signer, request.sign));
  tools.terminal.end_progress();
  for (const std::string& note : content.notes()) tools.terminal.warn(note);
  const std::filesystem::path signature = request.folder / kSignatureName;
  TRY(write_file_atomic(signature, as_bytes(model.bundle)));
  // 4
  UploadRequest wanted{request.repo,
                       request.branch,
                       request.create_pr,
                       request.summary,
                       request.description,
                       head.listing.commit,
                       {},
                       content.extra};
  for (const auto& [path, digest] : signed_files(model.manifest)) {
    TRY_ASSIGN(UploadFile file, upload_file(request.folder, path, digest));
    TRY_ASSIGN(const bool there, is_there(file, head.listing));
    if (!there) wanted.files.push_back(std::move(file));
  }
  Pushed pushed;
  pushed.changed = wanted.files.size();
  wanted.files.push_back({std::string(kSignatureName), signature,
                          model.bundle.size(), sha256(as_bytes(model.bundle))});
  UploadOptions options;
  options.send.asked = tools.asked;
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    tools.terminal.progress("uploading", done, total);
  };
  TRY_ASSIGN(UploadReport report,
             upload(tools.hub, tools.network, wanted, options));
  tools.terminal.end_progress();
  // 5
  const std::string name =
      concat(request.repo.path(), "@", report.commit.commit.id.to_short());
  TRY_ASSIGN(const Listing now,
             tools.hub.list(request.repo, report.commit.commit));
  TRY(check_listing(now, model.manifest, request.sign.selection.exclusions)
          .context(concat(name, " was made, but")));
  pushed.commit = std::move(report.commit);
  pushed.made_repo = head.made_repo;
  pushed.deleted = content.extra.size();
  pushed.sent_bytes = report.sent_bytes;
  pushed.manifest = std::move(model.manifest);
  return pushed;
}

}  // namespace sigstore::hub
