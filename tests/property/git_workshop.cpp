// SPDX-License-Identifier: Apache-2.0
#include "tests/property/git_workshop.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>
#include <system_error>

#include "core/base/process.h"
#include "core/git/libgit2_reader.h"
#include "core/git/tree.h"

namespace sigstore {
namespace {

namespace fs = std::filesystem;

// The real thing, without the options that git::Git adds.
Result<std::string> run_git(const std::string& directory,
                            std::vector<std::string> arguments,
                            std::string_view input = {}) {
  arguments.insert(arguments.begin(), "git");
  const Command command{std::move(arguments), {}, directory};
  TRY_ASSIGN(CommandOutput output,
             run_command(command, {.input = as_bytes(input)}));
  if (output.status != 0)
    return fail(ErrorKind::io, "git ", command.argv[1], " ... ",
                command.argv.back(), ": exit ", output.status, ": ",
                output.err);
  return std::move(output.out);
}

// Not write_file_atomic: nobody needs these files after a power failure.
Result<void> write_text(const fs::path& path, std::string_view text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) return fail(ErrorKind::io, "cannot write ", path.string());
  return {};
}

// The trees of one commit, written by `git mktree`. Names are computed here,
// so that one process can write them all; git's answer must agree.
class TreeWriter {
 public:
  TreeWriter(git::ObjectReader& objects, const GeneratedCase& generated)
      : objects_(objects), generated_(generated) {}

  Result<git::TreeId> plan(const std::string& prefix) {
    std::vector<git::TreeEntry> entries;
    std::set<std::string> folders;
    if (prefix.empty()) folders = generated_.empty_folders;
    for (auto item = generated_.entries.lower_bound(prefix);
         item != generated_.entries.end() && item->first.starts_with(prefix);
         ++item) {
      const std::string rest = item->first.substr(prefix.size());
      const std::size_t slash = rest.find('/');
      if (slash != std::string::npos) {
        folders.insert(rest.substr(0, slash));
        continue;
      }
      // A submodule's commit is not here.
      const git::ObjectType type = item->second.mode == git::kModeSubmodule
                                       ? git::ObjectType::commit
                                       : git::ObjectType::blob;
      TRY_ASSIGN(const git::ObjectId id,
                 objects_.name_of(type, as_bytes(item->second.blob)));
      entries.push_back({item->second.mode, rest, id});
    }
    for (const std::string& name : folders) {
      TRY_ASSIGN(const git::TreeId tree, plan(prefix + name + "/"));
      entries.push_back({git::kModeTree, name, tree.id});
    }
    describe(entries);
    TRY_ASSIGN(const git::ObjectId id,
               objects_.name_of(git::ObjectType::tree,
                                git::write_tree(std::move(entries))));
    return git::TreeId{id};
  }

  Result<void> write(const std::string& repository, const git::TreeId& root) {
    TRY_ASSIGN(
        const std::string answer,
        run_git(repository, {"mktree", "-z", "--missing", "--batch"}, input_));
    if (answer.size() < 41 ||
        answer.substr(answer.size() - 41) != root.id.to_hex() + "\n")
      return fail(ErrorKind::internal, "git mktree and write_tree disagree");
    return {};
  }

 private:
  void describe(const std::vector<git::TreeEntry>& entries) {
    for (const git::TreeEntry& entry : entries) {
      const char* mode = "100644 blob ";
      if (entry.mode == git::kModeExecutable) mode = "100755 blob ";
      if (entry.mode == git::kModeSymlink) mode = "120000 blob ";
      if (entry.mode == git::kModeSubmodule) mode = "160000 commit ";
      if (entry.mode == git::kModeTree) mode = "040000 tree ";
      if (entry.mode == 0100664) mode = "100664 blob ";
      input_ += concat(mode, entry.id.to_hex(), "\t", entry.name, '\0');
    }
    input_ += '\0';
  }

  git::ObjectReader& objects_;
  const GeneratedCase& generated_;
  std::string input_;
};

std::string import_stream(const GeneratedCase& generated,
                          const std::string& branch, const git::TreeId& root) {
  std::string out;
  for (const auto& [path, entry] : generated.entries)
    out += concat("blob\ndata ", entry.blob.size(), "\n", entry.blob, "\n");
  out += concat("commit refs/heads/", branch,
                "\ncommitter a <a@example.org> 1700000000 +0000\n"
                "data 4\ncase\nM 040000 ",
                root.id.to_hex(), " \"\"\n\n");
  return out;
}

}  // namespace

Result<GitWorkshop> GitWorkshop::open(fs::path folder) {
  // The same answers on every machine, whoever starts the test.
  TRY_ASSIGN(const std::string names,
             run_git("/", {"rev-parse", "--local-env-vars"}));
  for (std::size_t at = 0; at < names.size();) {
    const std::size_t end = names.find('\n', at);
    unsetenv(names.substr(at, end - at).c_str());
    at = end + 1;
  }
  unsetenv("XDG_CONFIG_HOME");
  setenv("HOME", folder.c_str(), 1);
  setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
  setenv("GIT_ATTR_NOSYSTEM", "1", 1);
  setenv("GIT_CONFIG_GLOBAL", (folder / "base.config").c_str(), 1);
  setenv("GIT_TERMINAL_PROMPT", "0", 1);
  setenv("LC_ALL", "C", 1);

  GitWorkshop workshop(std::move(folder));
  const std::string base = workshop.folder_.string();
  const std::vector<std::vector<std::string>> steps{
      {"config", "--global", "user.name", "a"},
      {"config", "--global", "user.email", "a@example.org"},
      {"config", "--global", "init.defaultBranch", "main"},
      {"config", "--global", "lfs.storage", base + "/lfs"},
      {"config", "--global", "core.safecrlf", "false"},
      {"config", "--global", "core.fsync", "none"},
      {"config", "--global", "filter.shout.smudge", "tr a-z A-Z"},
      {"config", "--global", "filter.shout.clean", "tr A-Z a-z"},
      {"lfs", "install", "--skip-repo"},
      {"init", "--quiet", "--bare", "--template=", "store.git"},
  };
  for (const std::vector<std::string>& step : steps) TRY(run_git(base, step));
  TRY(workshop.fill_store());
  return workshop;
}

Result<void> GitWorkshop::fill_store() {
  const fs::path folder = folder_ / "filled";
  RandomSource random(1);
  TRY(write_text(folder / ".gitattributes", "*.bin filter=lfs\n"));
  std::vector<std::string> contents{
      "a", "\n", "\r\n", "CRLF\r\nlines\r\n", "$Id$\n", random.words(3000)};
  for (const std::size_t size : {2U, 1023U, 1024U, 1025U, 70000U})
    contents.push_back(random.bytes(size));
  for (std::size_t i = 0; i < contents.size(); ++i)
    TRY(write_text(folder / concat(i, ".bin"), contents[i]));
  TRY(run_git(folder.string(), {"init", "--quiet", "--template="}));
  TRY(run_git(folder.string(), {"add", "-A"}));
  for (std::size_t i = 0; i < contents.size(); ++i) {
    TRY_ASSIGN(
        std::string pointer,
        run_git(folder.string(), {"cat-file", "blob", concat(":", i, ".bin")}));
    stored_.push_back({std::move(contents[i]), std::move(pointer)});
  }
  return {};
}

Result<void> GitWorkshop::use_settings(const GeneratedCase& generated,
                                       const std::string& name) {
  const std::string base = folder_.string();
  // LFS files are at hand, as after `git lfs fetch`. git-lfs may delete from
  // its store, so each case has a copy.
  std::error_code error;
  fs::copy(base + "/lfs", base + "/" + name + "-lfs",
           fs::copy_options::recursive, error);
  if (error) return fail(ErrorKind::io, "cannot copy the LFS store");
  std::string config =
      concat("[include]\n\tpath = ", base,
             "/base.config\n[lfs]\n\tstorage = ", base, "/", name, "-lfs\n");
  for (const auto& [key, value] : generated.user_config) {
    const std::size_t dot = key.find('.');
    config += concat("[", key.substr(0, dot), "]\n\t", key.substr(dot + 1),
                     " = ", value, "\n");
  }
  if (!generated.user_attributes.empty()) {
    TRY(write_text(folder_ / "attributes", generated.user_attributes));
    config += concat("[core]\n\tattributesFile = ", base, "/attributes\n");
  }
  TRY(write_text(folder_ / "case.config", config));
  setenv("GIT_CONFIG_GLOBAL", (base + "/case.config").c_str(), 1);
  return {};
}

Result<MadeCommit> GitWorkshop::make(const GeneratedCase& generated,
                                     const std::string& name) {
  return generated.with_git_add ? make_with_git_add(generated, name)
                                : make_objects(generated, name);
}

Result<MadeCommit> GitWorkshop::make_objects(const GeneratedCase& generated,
                                             const std::string& name) {
  const std::string repository = (folder_ / "store.git").string();
  TRY_ASSIGN(const std::unique_ptr<git::Libgit2Reader> objects,
             git::Libgit2Reader::open({repository + "/objects"}));
  TreeWriter trees(*objects, generated);
  TRY_ASSIGN(const git::TreeId root, trees.plan(""));
  TRY(trees.write(repository, root));
  TRY(run_git(repository, {"fast-import", "--quiet"},
              import_stream(generated, name, root)));
  TRY_ASSIGN(const git::CommitId commit,
             git_in(repository).resolve_commit("refs/heads/" + name));
  return MadeCommit{repository, name, commit};
}

Result<MadeCommit> GitWorkshop::make_with_git_add(
    const GeneratedCase& generated, const std::string& name) {
  const fs::path folder = folder_ / (name + "-source");
  std::error_code error;
  for (const auto& [path, entry] : generated.entries) {
    if (entry.mode != git::kModeSymlink) {
      TRY(write_text(folder / path, entry.before_add.value_or(entry.blob)));
      if (entry.mode == git::kModeExecutable)
        fs::permissions(folder / path, fs::perms::owner_exec,
                        fs::perm_options::add, error);
      continue;
    }
    fs::create_directories((folder / path).parent_path(), error);
    fs::create_symlink(entry.blob, folder / path, error);
    if (error) return fail(ErrorKind::io, "cannot link ", path);
  }
  const std::string repository = folder.string();
  TRY(run_git(repository, {"init", "--quiet", "--template="}));
  TRY(run_git(repository, {"add", "-A"}));
  TRY(run_git(repository, {"commit", "--quiet", "-m", "case"}));
  TRY_ASSIGN(const git::CommitId commit,
             git_in(repository).resolve_commit("HEAD"));
  return MadeCommit{repository, "main", commit};
}

Result<fs::path> GitWorkshop::check_out(const MadeCommit& made,
                                        const std::string& name) {
  const fs::path target = folder_ / (name + "-checkout");
  // core.autocrlf is no attribute: the product sets it to false in the
  // repositories that it protects.
  TRY(run_git(folder_.string(),
              {"-c", "core.autocrlf=false", "clone", "--quiet", "--shared",
               "--template=", "--single-branch", "--branch", made.branch,
               made.repository, target.string()}));
  return target;
}

}  // namespace sigstore
