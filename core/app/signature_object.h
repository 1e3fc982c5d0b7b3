// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/app/repository.h"
#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/git/lfs_pointer.h"
#include "core/manifest/tree_content.h"

namespace sigstore {

// A model.sig that lists many files is itself an object of git-lfs: the Hub
// takes no plain file above 10 MiB. git-lfs moves it; what it gives is hashed
// here, since it does not hash what its local store holds.

struct StoredSignature {
  Bytes bytes;
  // "", or why a checkout holds the pointer and not the signature: git-lfs has
  // it, and no rule of the commit says so.
  std::string note = {};
};

// model.sig of a commit; not_found when there is none. `incomplete` when it is
// in git-lfs and its content cannot be had, invalid_input above
// limits::kBundle.
Result<StoredSignature> read_signature(const Repository& repository,
                                       TreeContent& content);

// The blob to commit for this model.sig: itself, or a pointer where
// filter=lfs covers it, or it is larger than 10 MiB. The
// content of a pointer then is in the local store of git-lfs, and on the
// server when the repository names a remote.
Result<StoredSignature> store_signature(const Repository& repository,
                                        TreeContent& content,
                                        ByteView signature);

}  // namespace sigstore
