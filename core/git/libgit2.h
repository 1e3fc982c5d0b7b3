// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to git/: owners of libgit2 objects and its error text.

#include <git2.h>

#include <string_view>

#include "core/base/error.h"
#include "core/base/handle.h"

namespace sigstore::git {

using OdbHandle = Handle<git_odb, git_odb_free>;
using OdbObjectHandle = Handle<git_odb_object, git_odb_object_free>;

// "what: libgit2's reason".
inline Error libgit2_error(ErrorKind kind, std::string_view what) {
  const git_error* error = git_error_last();
  return fail(kind, what, ": ",
              error == nullptr ? "failed" : std::string_view(error->message));
}

}  // namespace sigstore::git
