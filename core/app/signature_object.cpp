// SPDX-License-Identifier: Apache-2.0
#include "core/app/signature_object.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "core/app/terminal.h"
#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/git/attributes.h"

namespace sigstore {
namespace {

// The Hub refuses larger files that are not in git-lfs.
constexpr std::size_t kPlainFile = 10 * limits::kMiB;

// A server can keep git-lfs busy for ever (git-lfs 3.3.0 and an endless 401).
constexpr std::chrono::minutes kTransferTime(10);

// A git-lfs command of this repository, for its remote. It would read the
// .lfsconfig of the folder we were started in: it starts in the git folder.
Result<CommandOutput> run_lfs(const Repository& repository,
                              std::vector<std::string> arguments,
                              const RunOptions& options) {
  TRY_ASSIGN(const std::string git_dir,
             repository.git.read({"rev-parse", "--absolute-git-dir"}));
  // git-lfs-config(5). A remote without a name: its address, as git-lfs
  // itself makes it of a remote's URL.
  const std::string& remote = repository.remote;
  std::string setting = "remote.lfsdefault=" + remote;
  if (remote.find("://") != std::string::npos)
    setting = concat("lfs.url=", remote, remote.ends_with(".git") ? "" : ".git",
                     "/info/lfs");
  std::vector<std::string> command{"-C", git_dir};
  if (!remote.empty()) command.insert(command.end(), {"-c", setting});
  command.insert(command.end(), {"-c", "lfs.skipdownloaderrors=false", "lfs"});
  command.insert(command.end(), arguments.begin(), arguments.end());
  return repository.git.with("GIT_DIR", git_dir)
      .with("GIT_LFS_SKIP_SMUDGE", "0")
      .run(std::move(command), options);
}

std::string last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  const std::size_t newline = text.rfind('\n');
  return std::string(
      newline == std::string_view::npos ? text : text.substr(newline + 1));
}

Result<Bytes> fetch(const Repository& repository,
                    const git::LfsPointer& pointer) {
  const auto size = static_cast<std::size_t>(pointer.size);
  if (size > limits::kBundle)
    return fail(ErrorKind::invalid_input, kSignatureName, " has ", size,
                " bytes, more than the limit of ", limits::kBundle);
  const std::string text = git::write_lfs_pointer(pointer);
  TRY_ASSIGN(const CommandOutput output,
             run_lfs(repository, {"smudge", "--", std::string(kSignatureName)},
                     {.input = as_bytes(text),
                      .limit = size + limits::kMiB,
                      .deadline = kTransferTime}));
  if (output.status != 0)
    return fail(
        ErrorKind::incomplete, kSignatureName,
        " is stored in git-lfs and cannot be fetched: ", last_line(output.err));
  const ByteView content = as_bytes(output.out);
  if (content.size() != size || sha256(content) != pointer.oid)
    return fail(ErrorKind::incomplete, kSignatureName,
                " is stored in git-lfs, which gave other bytes than its "
                "pointer names (git lfs fsck)");
  return Bytes(content.begin(), content.end());
}

Result<bool> is_lfs_path(const Repository& repository, TreeContent& content) {
  TRY_ASSIGN(const std::vector<git::AttributesFile> files,
             content.attributes_files());
  const std::vector<std::string> paths{std::string(kSignatureName)};
  TRY_ASSIGN(
      const git::AttributeTable attributes,
      git::read_attributes(repository.git, *repository.objects, files, paths));
  const std::string& filter = attributes[0].filter;
  if (attributes[0].is_lfs()) return true;
  if (filter.empty() || filter == "unset") return false;
  return fail(ErrorKind::unsupported, kSignatureName,
              " would be stored through filter=", filter, "; add the line '",
              kSignatureName, " -filter -diff -merge' to .gitattributes");
}

std::string no_rule(std::int64_t size) {
  return concat(kSignatureName, " (",
                human_size(static_cast<std::uint64_t>(size)),
                ") is kept in git-lfs without a rule, so that checkouts hold "
                "its pointer; the line '",
                kSignatureName,
                " filter=lfs diff=lfs merge=lfs -text' in .gitattributes "
                "changes that");
}

}  // namespace

Result<StoredSignature> read_signature(const Repository& repository,
                                       TreeContent& content) {
  TRY_ASSIGN(Bytes blob, content.signature());
  const auto pointer = git::parse_lfs_pointer(blob);
  if (!pointer.ok()) return Error(pointer.error()).context(kSignatureName);
  if (!pointer->has_value()) return StoredSignature{std::move(blob)};
  StoredSignature signature;
  TRY_ASSIGN(signature.bytes, fetch(repository, **pointer));
  const Result<bool> lfs = is_lfs_path(repository, content);
  if (lfs.ok() && !*lfs) signature.note = no_rule((*pointer)->size);
  return signature;
}

Result<StoredSignature> store_signature(const Repository& repository,
                                        TreeContent& content,
                                        ByteView signature) {
  if (signature.size() > limits::kBundle)
    return fail(ErrorKind::unsupported, kSignatureName, " would have ",
                signature.size(), " bytes, more than readers take (",
                limits::kBundle, ")");
  TRY_ASSIGN(const bool lfs, is_lfs_path(repository, content));
  if (!lfs && signature.size() <= kPlainFile)
    return StoredSignature{Bytes(signature.begin(), signature.end())};
  const auto size = static_cast<std::int64_t>(signature.size());
  const std::string pointer = git::write_lfs_pointer({sha256(signature), size});
  TRY_ASSIGN(const CommandOutput cleaned,
             run_lfs(repository, {"clean", "--", std::string(kSignatureName)},
                     {.input = signature, .deadline = kTransferTime}));
  if (cleaned.status != 0 || cleaned.out != pointer)
    return fail(ErrorKind::io, "git lfs clean: cannot store ", kSignatureName,
                ": ", last_line(cleaned.err));
  if (!repository.remote.empty()) {
    TRY_ASSIGN(const CommandOutput pushed,
               run_lfs(repository,
                       {"push", "--object-id", repository.remote,
                        sha256(signature).to_hex()},
                       {.deadline = kTransferTime}));
    if (pushed.status != 0)
      return fail(ErrorKind::network, "git lfs push: cannot upload ",
                  kSignatureName, ": ", last_line(pushed.err));
  }
  const ByteView bytes = as_bytes(pointer);
  return StoredSignature{Bytes(bytes.begin(), bytes.end()),
                         lfs ? "" : no_rule(size)};
}

}  // namespace sigstore
