// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// Two signed branches differ in model.sig by nature, and neither signature
// fits the merged state: git shall keep the one that is there, and the next
// push signs again. The rule is this repository's alone: a line in
// $GIT_DIR/info/attributes and merge.sigstore.driver in its configuration
// (gitattributes(5), "Defining a custom merge driver"), made once somebody
// signs here. An attribute that the user or the repository sets for model.sig
// is left alone.
Result<void> keep_ours_on_merge(const git::Git& git);

}  // namespace sigstore
