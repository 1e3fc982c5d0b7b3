// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/directory_content.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/base/handle.h"
#include "core/base/limits.h"
#include "core/hash/freeze_files.h"
#include "core/hash/hash_changed.h"

namespace sigstore {
namespace {

using DirectoryHandle = Handle<DIR, closedir>;

struct FoundFile {
  std::string path;
  std::uint64_t size = 0;
};

Error cannot(std::string_view action, std::string_view path) {
  const int reason = errno;
  const ErrorKind kind =
      reason == ENOENT ? ErrorKind::not_found : ErrorKind::io;
  return fail(kind, "cannot ", action, " ", path, ": ", errno_text(reason));
}

// Lists the regular files below one folder, by relative path.
class Walk {
 public:
  Walk(const Parameters& parameters, const Selection& selection)
      : parameters_(parameters), selection_(selection) {}

  Result<void> enter(FileDescriptor folder, const std::string& prefix,
                     std::size_t depth) {
    if (depth > limits::kTreeDepth)
      return fail(ErrorKind::unsafe_tree, prefix, " is nested too deep");
    const int fd = folder.get();
    const DirectoryHandle directory(fdopendir(folder.release()));
    if (!directory) return cannot("list", prefix);
    errno = 0;
    while (const dirent* entry = readdir(directory.get())) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      TRY(visit(fd, name, prefix.empty() ? name : prefix + "/" + name, depth));
      errno = 0;
    }
    if (errno != 0) return cannot("list", prefix.empty() ? "." : prefix);
    return {};
  }

  std::vector<FoundFile> files;
  std::vector<std::string> links;  // those of the files that are links

 private:
  Result<void> visit(int folder, const std::string& name,
                     const std::string& path, std::size_t depth) {
    // Exclusion first: an ignored link or socket is no error.
    const bool is_file = selection_.has_file(path);
    if (!is_file && !selection_.has_folder(path)) return {};
    struct stat status {};
    if (fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      return cannot("look at", path);
    if (S_ISDIR(status.st_mode)) {
      if (!selection_.has_folder(path)) return {};
      FileDescriptor child(
          openat(folder, name.c_str(),
                 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!child.valid()) return cannot("open", path);
      return enter(std::move(child), path, depth + 1);
    }
    if (!is_file) return {};
    if (S_ISLNK(status.st_mode)) return visit_link(folder, name, path);
    return add_file(path, status);
  }

  Result<void> visit_link(int folder, const std::string& name,
                          const std::string& path) {
    if (!parameters_.allow_symlinks)
      return fail(ErrorKind::unsafe_tree, path,
                  " is a symbolic link; links are not allowed in this model");
    struct stat status {};
    if (fstatat(folder, name.c_str(), &status, 0) != 0)
      return cannot("follow", path);
    // As the other implementations do, so that digests agree.
    if (S_ISDIR(status.st_mode))
      return fail(ErrorKind::unsafe_tree, path,
                  " is a symbolic link to a folder, whose files no signature "
                  "would cover");
    links.push_back(path);
    return add_file(path, status);
  }

  Result<void> add_file(const std::string& path, const struct stat& status) {
    if (!S_ISREG(status.st_mode))
      return fail(ErrorKind::unsafe_tree, path,
                  " is neither a file nor a folder");
    if (!is_utf8(path))
      return fail(ErrorKind::unsafe_tree, "the name ", printable(path),
                  " is not valid UTF-8");
    if (files.size() >= limits::kResources)
      return fail(ErrorKind::unsupported, "more than ", limits::kResources,
                  " files");
    files.push_back({path, static_cast<std::uint64_t>(status.st_size)});
    return {};
  }

  const Parameters& parameters_;
  const Selection& selection_;
};

struct Plan {
  std::vector<HashJob> jobs;
  std::vector<std::string> names;
  std::uint64_t total = 0;
};

// OMS v1.0 6.3: a job a file, or a job a shard; empty files have no shards.
Result<Plan> make_plan(const std::vector<FoundFile>& files,
                       const Parameters& parameters) {
  if (parameters.method == Method::shards && parameters.shard_size < 1)
    return fail(ErrorKind::invalid_input, "shards need a size");
  Plan plan;
  const bool whole = parameters.method == Method::files;
  for (const FoundFile& file : files) {
    plan.total += file.size;
    const auto step = whole ? std::max<std::uint64_t>(file.size, 1)
                            : static_cast<std::uint64_t>(parameters.shard_size);
    for (std::uint64_t start = 0; start < file.size || (whole && start == 0);
         start += step) {
      if (plan.jobs.size() >= limits::kResources)
        return fail(ErrorKind::unsupported, "more than ", limits::kResources,
                    whole ? " files" : " shards; use a larger --shard-size");
      const std::uint64_t size = std::min(step, file.size - start);
      plan.jobs.push_back({file.path, start, size});
      plan.names.push_back(
          whole ? file.path
                : shard_name(file.path, static_cast<std::int64_t>(start),
                             static_cast<std::int64_t>(start + size)));
    }
  }
  return plan;
}

// OMS v1.0 6.1.1: a target outside of the model must give a warning.
std::vector<std::string> note_outside(const std::filesystem::path& folder,
                                      const std::vector<std::string>& links) {
  std::vector<std::string> notes;
  std::error_code error;
  const auto root = std::filesystem::canonical(folder, error);
  for (const std::string& link : links) {
    const auto target = std::filesystem::canonical(folder / link, error);
    const std::string inside =
        error ? ".." : target.lexically_relative(root).generic_string();
    if (inside == ".." || inside.starts_with("../"))
      notes.push_back(concat(link,
                             " is a symbolic link that leads out of the "
                             "model, to ",
                             target.string()));
  }
  return notes;
}

// Where the files of the model are, which may be a single one.
std::filesystem::path folder_of(const std::filesystem::path& model,
                                const std::string& single) {
  if (single.empty()) return model;
  return model.has_parent_path() ? model.parent_path() : ".";
}

Result<FileDescriptor> open_folder(const std::filesystem::path& folder,
                                   const std::filesystem::path& model) {
  FileDescriptor root(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (root.valid()) return root;
  if (errno == ENOTDIR)
    return fail(ErrorKind::unsafe_tree, model.string(),
                " is neither a file nor a folder");
  return cannot("open", folder.string());
}

}  // namespace

Result<void> DirectoryContent::freeze() {
  TRY_ASSIGN(const FileDescriptor root,
             open_folder(folder_of(path_, single_file_name()), path_));
  return freeze_files(root.get(), files_, allow_symlinks_, known_);
}

std::string DirectoryContent::single_file_name() const {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path_, error)) return {};
  return path_.filename().string();
}

Result<Manifest> DirectoryContent::manifest(const Parameters& parameters,
                                            const Selection& selection) {
  std::error_code error;
  const auto type = std::filesystem::symlink_status(path_, error).type();
  if (type == std::filesystem::file_type::not_found)
    return fail(ErrorKind::not_found, path_.string(), " does not exist");
  if (type == std::filesystem::file_type::symlink && !parameters.allow_symlinks)
    return fail(ErrorKind::unsafe_tree, path_.string(),
                " is a symbolic link; name the folder it points to");
  const std::string single = single_file_name();
  const std::filesystem::path folder = folder_of(path_, single);
  TRY_ASSIGN(const FileDescriptor root, open_folder(folder, path_));

  Walk walk(parameters, selection);
  if (single.empty()) {
    TRY(walk.enter(FileDescriptor(fcntl(root.get(), F_DUPFD_CLOEXEC, 0)), "",
                   0));
  } else {
    const auto size = std::filesystem::file_size(path_, error);
    if (error) return fail(ErrorKind::io, "cannot read ", path_.string());
    walk.files.push_back({single, size});
  }
  notes_ = note_outside(folder, walk.links);
  TRY_ASSIGN(Plan plan, make_plan(walk.files, parameters));
  allow_symlinks_ = parameters.allow_symlinks;
  files_.clear();
  for (FoundFile& file : walk.files) files_.push_back(std::move(file.path));
  HashOptions options{
      parameters.hash_type, parameters.allow_symlinks, {}, engine_};
  if (progress_)
    options.progress = [&](std::uint64_t done) { progress_(done, plan.total); };
  TRY_ASSIGN(
      const std::vector<ContentDigest> digests,
      hash_changed_files(root.get(), std::move(plan.jobs), options, known_));

  Manifest manifest{parameters, {}, plan.total};
  for (std::size_t i = 0; i < digests.size(); ++i)
    manifest.resources.push_back({std::move(plan.names[i]), digests[i]});
  TRY(sort_resources(manifest.resources));
  return manifest;
}

}  // namespace sigstore
