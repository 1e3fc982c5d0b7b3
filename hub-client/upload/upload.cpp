// SPDX-License-Identifier: Apache-2.0
#include "hub-client/upload/upload.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "core/base/file.h"
#include "core/crypto/message_digest.h"
#include "core/hash/hash_files.h"
#include "hub-client/hub/hub_limits.h"
#include "hub-client/upload/commit_body.h"
#include "hub-client/upload/commit_once.h"

namespace sigstore::hub {
namespace {

// huggingface_hub's; the Hub takes 1,000.
constexpr std::size_t kPreuploadFiles = 256;
constexpr std::size_t kSample = 512;
// What one batch call asks URLs for, so that they are used before they expire.
constexpr std::size_t kBatchObjects = 64;
constexpr std::uint64_t kBatchBytes = 64'000'000'000;
constexpr int kRenewals = 3;

Result<Bytes> read_sample(const UploadFile& file) {
  const FileDescriptor open(
      ::open(file.local.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  Bytes sample(kSample);
  const ssize_t got =
      open.valid() ? ::read(open.get(), sample.data(), sample.size()) : -1;
  if (got < 0)
    return fail(ErrorKind::io, "cannot read ", file.local.string(), ": ",
                errno_text(errno));
  sample.resize(static_cast<std::size_t>(got));
  return sample;
}

struct LargeFile {
  const UploadFile* file;
  LfsObject object;
};

class Upload {
 public:
  Upload(Hub& hub, http::StreamClient& client, const UploadRequest& request,
         const UploadOptions& options)
      : hub_(hub), client_(client), request_(request), options_(options) {}

  Result<UploadReport> run() {
    TRY(ask_modes());
    TRY(hash_large());
    TRY(read_small());
    TRY(send_large());
    CommitBody body{request_.summary,
                    request_.description,
                    request_.parent,
                    std::move(small_),
                    {},
                    request_.deleted};
    for (const LargeFile& file : large_)
      body.large.push_back({file.file->path, file.object});
    TRY_ASSIGN(report_.commit, commit_once(hub_,
                                           {request_.repo, request_.branch,
                                            request_.create_pr, options_.wait},
                                           body));
    report_.large = large_.size();
    return std::move(report_);
  }

 private:
  Result<void> ask_modes() {
    const std::vector<UploadFile>& files = request_.files;
    std::vector<std::string> ignored;
    for (std::size_t start = 0; start < files.size();
         start += kPreuploadFiles) {
      const std::size_t end = std::min(start + kPreuploadFiles, files.size());
      std::vector<PlannedFile> planned;
      for (std::size_t i = start; i < end; ++i) {
        TRY_ASSIGN(Bytes sample, read_sample(files[i]));
        planned.push_back({files[i].path, files[i].size, std::move(sample)});
      }
      TRY_ASSIGN(const std::vector<UploadMode> modes,
                 hub_.preupload(request_.repo, request_.branch, planned,
                                request_.create_pr));
      for (std::size_t i = start; i < end; ++i) {
        const UploadMode& mode = modes[i - start];
        if (mode.ignored) ignored.push_back(mode.path);
        // An empty file has no object.
        if (mode.is_lfs && files[i].size > 0)
          large_.push_back({&files[i], {{}, files[i].size}});
        else
          in_commit_.push_back(&files[i]);
      }
    }
    if (ignored.empty()) return {};
    Error error =
        fail(ErrorKind::invalid_input, "the .gitignore of ",
             request_.repo.path(), " leaves out ", ignored.front(),
             ignored.size() > 1 ? concat(" and ", ignored.size() - 1, " more")
                                : std::string());
    error.details = std::move(ignored);
    return error;
  }

  // What was not hashed for the signature, or in another way.
  Result<void> hash_large() {
    for (LargeFile& file : large_) {
      if (file.file->sha256) {
        file.object.oid = *file.file->sha256;
        continue;
      }
      const std::filesystem::path& path = file.file->local;
      const FileDescriptor folder(::open(path.parent_path().c_str(),
                                         O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      HashOptions how;
      how.follow_symlinks = true;
      TRY_ASSIGN(
          const std::vector<ContentDigest> digests,
          hash_files(folder.get(),
                     {{path.filename().string(), 0, file.object.size}}, how));
      const ByteView bytes = digests.front().view();
      std::copy(bytes.begin(), bytes.end(), file.object.oid.bytes.begin());
    }
    return {};
  }

  Result<void> read_small() {
    for (const UploadFile* file : in_commit_) {
      if (file->size > limits::kHubCommit)
        return fail(ErrorKind::invalid_input, file->path,
                    " is too large for a commit and not in LFS by the "
                    "repository's .gitattributes");
      TRY_ASSIGN(Bytes content, read_file(file->local, limits::kHubCommit));
      if (content.size() != file->size ||
          (file->sha256 && sha256(content) != *file->sha256))
        return fail(ErrorKind::content_differs, file->local.string(),
                    " changed while it was uploaded");
      small_.push_back({file->path, std::move(content)});
    }
    return {};
  }

  Result<void> send_large() {
    for (const LargeFile& file : large_) total_ += file.object.size;
    // One object under two names is sent once.
    std::map<Sha256Digest, const LargeFile*> objects;
    for (const LargeFile& file : large_)
      objects.emplace(file.object.oid, &file);
    std::vector<const LargeFile*> round;
    std::uint64_t bytes = 0;
    for (const auto& [oid, file] : objects) {
      round.push_back(file);
      bytes += file->object.size;
      if (round.size() < kBatchObjects && bytes < kBatchBytes) continue;
      TRY(send_round(std::exchange(round, {})));
      bytes = 0;
    }
    return send_round(std::move(round));
  }

  Result<void> send_round(std::vector<const LargeFile*> files) {
    for (int renewed = 0; !files.empty(); ++renewed) {
      if (renewed > kRenewals)
        return fail(ErrorKind::network, "sending ",
                    files.front()->file->local.string(),
                    ": the store refuses every URL that the Hub gives");
      TRY_ASSIGN(files, try_round(files));
    }
    return {};
  }

  // The files whose URLs expired on the way.
  Result<std::vector<const LargeFile*>> try_round(
      const std::vector<const LargeFile*>& files) {
    std::vector<LfsObject> wanted;
    for (const LargeFile* file : files) wanted.push_back(file->object);
    TRY_ASSIGN(
        const std::vector<LfsUpload> answers,
        hub_.lfs_batch(request_.repo, request_.create_pr ? "" : request_.branch,
                       wanted));
    std::vector<ObjectToSend> objects;
    std::vector<const LargeFile*> sent_files;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (!answers[i].upload) {
        there_ += files[i]->object.size;
        continue;
      }
      objects.push_back({answers[i], files[i]->file->local});
      sent_files.push_back(files[i]);
    }
    SendOptions how = options_.send;
    how.progress = [this](std::uint64_t bytes) { show(there_ + bytes); };
    TRY_ASSIGN(const std::vector<SentObject> sent,
               send_objects(client_, objects, how));
    std::vector<const LargeFile*> again;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      if (sent[i].expired) {
        again.push_back(sent_files[i]);
        continue;
      }
      if (!sent[i].etags.empty())
        TRY(hub_.complete_parts(objects[i].object, sent[i].etags));
      TRY(hub_.verify_object(objects[i].object));
      there_ += objects[i].object.size;
      report_.sent_bytes += objects[i].object.size;
    }
    show(there_);
    return again;
  }

  void show(std::uint64_t bytes) const {
    if (options_.progress) options_.progress(std::min(bytes, total_), total_);
  }

  Hub& hub_;
  http::StreamClient& client_;
  const UploadRequest& request_;
  const UploadOptions& options_;
  std::vector<const UploadFile*> in_commit_;
  std::vector<LargeFile> large_;
  std::vector<CommitBody::SmallFile> small_;
  std::uint64_t there_ = 0;
  std::uint64_t total_ = 0;
  UploadReport report_;
};

}  // namespace

Result<UploadReport> upload(Hub& hub, http::StreamClient& client,
                            const UploadRequest& request,
                            const UploadOptions& options) {
  return Upload(hub, client, request, options).run();
}

}  // namespace sigstore::hub
