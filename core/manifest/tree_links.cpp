// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/tree_links.h"

#include <algorithm>
#include <utility>

#include "core/base/limits.h"

namespace sigstore {
namespace {

const Resource* find_resource(const std::vector<Resource>& sorted,
                              const std::string& name) {
  const auto at =
      std::lower_bound(sorted.begin(), sorted.end(), name,
                       [](const Resource& item, const std::string& wanted) {
                         return item.name < wanted;
                       });
  return at == sorted.end() || at->name != name ? nullptr : &*at;
}

}  // namespace

Result<std::string> link_target(std::string_view link_path,
                                std::string_view target) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorKind::unsafe_tree, link_path, " is a symbolic link that ",
                why);
  };
  if (target.empty() || target.find('\0') != std::string_view::npos)
    return refuse("leads nowhere");
  // A backslash or a colon leads elsewhere on Windows.
  if (target.front() == '/' ||
      target.find_first_of("\\:") != std::string_view::npos)
    return refuse("is not relative");
  std::vector<std::string_view> parts;
  std::string_view folder = link_path.substr(0, link_path.rfind('/') + 1);
  for (std::string_view rest : {folder, target}) {
    while (!rest.empty()) {
      const std::size_t slash = std::min(rest.find('/'), rest.size());
      const std::string_view part = rest.substr(0, slash);
      rest.remove_prefix(std::min(slash + 1, rest.size()));
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
        continue;
      }
      if (parts.empty()) return refuse("leaves the repository");
      parts.pop_back();
    }
  }
  std::string path;
  for (const std::string_view part : parts)
    path += concat(path.empty() ? "" : "/", part);
  return path;
}

Result<void> add_links(git::ObjectReader& objects,
                       const std::vector<TreeFile>& links,
                       const Selection& selection, Manifest& manifest) {
  std::vector<Resource> linked;
  for (const TreeFile& link : links) {
    const std::string_view name =
        std::string_view(link.path).substr(link.path.rfind('/') + 1);
    if (name.starts_with(".git"))
      return fail(ErrorKind::unsafe_tree, link.path,
                  " is a symbolic link; git reads no such file through one");
    TRY_ASSIGN(const Bytes blob,
               git::read_object(objects, link.blob.id, git::ObjectType::blob,
                                limits::kPathLength)
                   .context(link.path));
    TRY_ASSIGN(const std::string target, link_target(link.path, as_text(blob)));
    const Resource* file = find_resource(manifest.resources, target);
    if (file == nullptr)
      return fail(ErrorKind::unsafe_tree, link.path, " is a symbolic link to ",
                  target, ", which is no signed file of this repository");
    if (selection.has_file(link.path))
      linked.push_back({link.path, file->digest});
  }
  manifest.resources.insert(manifest.resources.end(),
                            std::make_move_iterator(linked.begin()),
                            std::make_move_iterator(linked.end()));
  return sort_resources(manifest.resources);
}

}  // namespace sigstore
