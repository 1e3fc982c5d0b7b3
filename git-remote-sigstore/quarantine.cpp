// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/quarantine.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/base/limits.h"

namespace sigstore {
namespace {

Result<ChildProcess> start_indexer(const git::Git& git, bool partial) {
  std::vector<std::string> arguments{"index-pack", "--stdin", "--fix-thin",
                                     "--fsck-objects"};
  if (partial) {
    // Only what a promisor remote gave may name objects that are not here
    // (partial-clone, "Design Details"), .gitattributes files for instance.
    arguments.insert(arguments.begin(),
                     {"-c", "remote.sigstore-quarantine.promisor=true"});
    arguments.emplace_back("--promisor");
  }
  return git.start(std::move(arguments));
}

// "pack\t<hash>\n" or "keep\t<hash>\n", and names of missing .gitmodules.
std::string pack_name(std::string_view output) {
  const std::string_view line = output.substr(0, output.find('\n'));
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos) return {};
  const std::string hash(line.substr(tab + 1));
  return git::ObjectId::parse_hex(hash) ? "pack-" + hash : std::string();
}

}  // namespace

Result<Quarantine> Quarantine::create(const git::Git& git) {
  TRY_ASSIGN(QuarantineFolder folder, QuarantineFolder::create(git));
  const std::string spool_path = folder.path() + "/spool";
  FileDescriptor spool(
      open(spool_path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!spool.valid())
    return fail(ErrorKind::io, "cannot create ", spool_path, ": ",
                errno_text(errno));
  unlink(spool_path.c_str());
  const git::Git inside = git.in_quarantine(folder.path(), {folder.store()});
  return Quarantine(std::move(folder), std::move(spool), inside);
}

Result<void> Quarantine::start_pack(PackKind kind) {
  kind_ = kind;
  TRY_ASSIGN(ChildProcess indexer,
             start_indexer(git_, kind != PackKind::whole));
  indexer_.emplace(std::move(indexer));
  return {};
}

Result<void> Quarantine::add(ByteView pack_bytes) {
  if (kind_ != PackKind::injected)
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
  const Result<Bytes> output =
      read_all(indexer_->output(), limits::kChildOutput, "index-pack");
  const int status = indexer_->wait();
  indexer_.reset();
  if (status != 0 || !output.ok())
    return fail(ErrorKind::invalid_input,
                "git index-pack refused what the server sent (exit code ",
                status, ")");
  if (kind_ != PackKind::injected) return {};
  std::string name = pack_name(as_text(*output));
  if (name.empty())
    return fail(ErrorKind::io, "git index-pack did not name its pack");
  injected_.push_back(std::move(name));
  return {};
}

Result<void> Quarantine::keep_injected() {
  for (const std::string& name : injected_) {
    // The index last: without one, a pack is not read (tmp-objdir.c).
    for (const char* suffix : {".promisor", ".pack", ".rev", ".idx"}) {
      const std::string file = "pack/" + name + suffix;
      std::error_code error;
      std::filesystem::rename(folder_.path() + "/" + file,
                              folder_.store() + "/" + file, error);
      // Not every version of git writes .rev files.
      if (error == std::errc::no_such_file_or_directory &&
          file.ends_with(".rev"))
        continue;
      if (error)
        return fail(ErrorKind::io,
                    "cannot keep what was fetched: ", error.message());
    }
  }
  injected_.clear();
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
