// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/git/object_reader.h"
#include "core/manifest/content.h"
#include "core/manifest/tree_walk.h"

namespace sigstore {

// Where a link leads, as a path from the top of the tree. unsafe_tree for a
// target that is absolute, leaves the tree, or is no plain path.
Result<std::string> link_target(std::string_view link_path,
                                std::string_view target);

// Adds the symbolic links of a tree to the manifest of its files, in the way
// of OMS v1.0 6.1.1: by the link's own path, with the digest of what it leads
// to. That has to be a regular file of the manifest, so that nothing unsigned
// can be read through a link: no folder, no other link, nothing left out.
Result<void> add_links(git::ObjectReader& objects,
                       const std::vector<TreeFile>& links,
                       const Selection& selection, Manifest& manifest);

}  // namespace sigstore
