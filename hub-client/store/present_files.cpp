// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/present_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <utility>

#include "core/base/file.h"
#include "core/crypto/message_digest.h"
#include "core/hash/hash_changed.h"
#include "core/hash/hash_files.h"
#include "hub-client/store/root_folder.h"

namespace sigstore::hub {
namespace {

using State = PresentFile::State;

// gitformat: the name of a blob is the SHA-1 of "blob <size>", NUL, content.
Result<std::string> hash_blob(const RootFolder& root, const HashJob& job) {
  TRY_ASSIGN(MessageDigest digest,
             MessageDigest::create(DigestAlgorithm::sha1));
  TRY_ASSIGN(const FileDescriptor file,
             open_beneath(root.fd(), job.path, O_RDONLY | O_NONBLOCK));
  std::string head = concat("blob ", job.size);
  head.push_back('\0');
  digest.update(as_bytes(head));
  Bytes block(1U << 18U);
  while (true) {
    const ssize_t got = read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(ErrorKind::io, "cannot read ", job.path, ": ",
                  errno_text(errno));
    if (got == 0) return digest.finish().to_hex();
    digest.update(ByteView(block).first(static_cast<std::size_t>(got)));
  }
}

// What there is to hash below one root, each once, and of which files.
struct Plan {
  RootFolder root;
  std::vector<HashJob> jobs = {};
  std::map<std::string, std::size_t> job_of = {};               // by path
  std::vector<std::pair<std::size_t, std::size_t>> files = {};  // file, job
};

Result<std::vector<Plan>> open_roots(const Store& store) {
  std::vector<Plan> plans;
  for (const std::filesystem::path& path : store.roots()) {
    TRY_ASSIGN(RootFolder root, RootFolder::open(path));
    plans.push_back(Plan{std::move(root)});
  }
  return plans;
}

// The first root that a path is below, and the way from there.
Result<std::pair<Plan*, std::string>> find_root(
    std::vector<Plan>& plans, const std::filesystem::path& path) {
  for (Plan& plan : plans) {
    std::string relative =
        path.lexically_relative(plan.root.path()).generic_string();
    if (!relative.empty() && !relative.starts_with(".."))
      return std::pair(&plan, std::move(relative));
  }
  return fail(ErrorKind::internal, path.string(), " is not in the store");
}

// What has another size differs already, and is not hashed.
Result<void> add_file(std::vector<Plan>& plans,
                      const std::filesystem::path& path, std::size_t index,
                      const ListedFile& file, PresentFile& found) {
  TRY_ASSIGN(const auto place, find_root(plans, path));
  Plan& plan = *place.first;
  TRY_ASSIGN(const FoundEntry entry, plan.root.look(place.second));
  found.state = State::differs;
  if (entry.type != FoundEntry::Type::file || entry.size != file.size)
    return {};
  const auto [job, is_new] =
      plan.job_of.emplace(place.second, plan.jobs.size());
  if (is_new) plan.jobs.push_back({place.second, 0, entry.size});
  plan.files.emplace_back(index, job->second);
  return {};
}

Result<void> hash_plan(const Plan& plan, std::span<const ListedFile> files,
                       const HashOptions& options, KnownDigests* known,
                       std::vector<PresentFile>& found) {
  TRY_ASSIGN(const std::vector<ContentDigest> digests,
             hash_changed_files(plan.root.fd(), plan.jobs, options, known));
  for (const auto& [index, job] : plan.files) {
    const ListedFile& file = files[index];
    bool same = false;
    if (file.sha256) {
      same = digests[job] == ContentDigest(*file.sha256);
    } else {
      TRY_ASSIGN(const std::string blob, hash_blob(plan.root, plan.jobs[job]));
      same = blob == file.blob_id;
    }
    if (!same) continue;
    found[index].state = State::intact;
    const ByteView bytes = digests[job].view();
    std::copy(bytes.begin(), bytes.end(), found[index].sha256.bytes.begin());
  }
  return {};
}

}  // namespace

Result<std::vector<PresentFile>> find_present(
    Store& store, const git::CommitId& commit,
    std::span<const ListedFile> files,
    const std::function<void(std::uint64_t)>& progress, KnownDigests* known) {
  std::vector<PresentFile> found(files.size());
  TRY_ASSIGN(std::vector<Plan> plans, open_roots(store));
  for (std::size_t i = 0; i < files.size(); ++i)
    if (const auto path = store.find(commit, files[i]))
      TRY(add_file(plans, *path, i, files[i], found[i]));
  std::uint64_t before = 0;
  for (const Plan& plan : plans) {
    HashOptions options;
    if (progress)
      options.progress = [&](std::uint64_t done) { progress(before + done); };
    TRY(hash_plan(plan, files, options, known, found));
    for (const HashJob& job : plan.jobs) before += job.size;
  }
  return found;
}

Result<bool> is_intact(const RootFolder& root, const std::string& relative,
                       const ListedFile& file) {
  TRY_ASSIGN(const FoundEntry entry, root.look(relative));
  if (entry.type != FoundEntry::Type::file || entry.size != file.size)
    return false;
  const HashJob job{relative, 0, entry.size};
  if (!file.sha256) {
    TRY_ASSIGN(const std::string blob, hash_blob(root, job));
    return blob == file.blob_id;
  }
  TRY_ASSIGN(const std::vector<ContentDigest> digests,
             hash_files(root.fd(), {job}, HashOptions()));
  return digests.front() == ContentDigest(*file.sha256);
}

}  // namespace sigstore::hub
