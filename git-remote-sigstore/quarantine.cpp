// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/quarantine.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sigstore {
namespace {

// `git prune` removes old folders that begin with "tmp_objdir-".
constexpr const char* kPrefix = "tmp_objdir-sigstore-";
constexpr const char* kLock = "lock";

// A folder whose lock can be had belongs to nobody that runs.
void remove_stale(const std::filesystem::path& objects) {
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator(objects, error)) {
    if (!entry.path().filename().string().starts_with(kPrefix)) continue;
    const FileDescriptor lock(
        open((entry.path() / kLock).c_str(), O_RDWR | O_CLOEXEC));
    if (lock.valid() && flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
      std::error_code ignored;  // the next run tries again
      std::filesystem::remove_all(entry.path(), ignored);
    }
  }
}

Result<ChildProcess> start_indexer(const std::string& folder,
                                   const std::string& objects) {
  Command command{
      {"git", "index-pack", "--stdin", "--fix-thin", "--fsck-objects"},
      {{"GIT_OBJECT_DIRECTORY", folder},
       {"GIT_ALTERNATE_OBJECT_DIRECTORIES", objects},
       {"GIT_NO_LAZY_FETCH", "1"}},
      {}};
  return ChildProcess::start(command);
}

}  // namespace

Result<Quarantine> Quarantine::create(const git::Git& git) {
  constexpr int kNoWait = 0;
  TRY_ASSIGN(const std::string objects, git.objects_folder());
  remove_stale(objects);
  TRY_ASSIGN(TemporaryDirectory folder, TemporaryDirectory::create(concat(
                                            objects, "/", kPrefix, "XXXXXX")));
  TRY_ASSIGN(FileDescriptor lock, lock_file(folder.path() / kLock, kNoWait));
  const std::string spool_path = (folder.path() / "spool").string();
  FileDescriptor spool(
      open(spool_path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!spool.valid())
    return fail(ErrorKind::io, "cannot create ", spool_path, ": ",
                errno_text(errno));
  unlink(spool_path.c_str());
  std::error_code error;
  std::filesystem::create_directory(folder.path() / "pack", error);
  TRY_ASSIGN(ChildProcess indexer,
             start_indexer(folder.path().string(), objects));
  return Quarantine(std::move(folder), std::move(lock), std::move(spool),
                    std::move(indexer));
}

Result<void> Quarantine::add(ByteView pack_bytes) {
  TRY(write_all(spool_.get(), pack_bytes).context("spooling the pack"));
  const Result<void> sent = write_all(indexer_->input(), pack_bytes);
  // It went away: its own message is on stderr.
  if (!sent.ok())
    return fail(ErrorKind::invalid_input,
                "git index-pack refused what the server sent");
  return {};
}

Result<void> Quarantine::finish() {
  indexer_->close_input();
  // It prints the pack's name; nobody needs it.
  const Result<Bytes> output = read_all(indexer_->output(), 4096, "index-pack");
  const int status = indexer_->wait();
  indexer_.reset();
  if (status != 0 || !output.ok())
    return fail(ErrorKind::invalid_input,
                "git index-pack refused what the server sent (exit code ",
                status, ")");
  return {};
}

Result<Bytes> Quarantine::replay(std::size_t size) {
  Bytes piece(size);
  while (true) {
    const ssize_t got = pread(spool_.get(), piece.data(), size, replayed_);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(ErrorKind::io,
                  "cannot read the spooled pack: ", errno_text(errno));
    replayed_ += got;
    piece.resize(static_cast<std::size_t>(got));
    return piece;
  }
}

}  // namespace sigstore
