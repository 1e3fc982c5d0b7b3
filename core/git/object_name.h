// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/git/ids.h"
#include "core/git/object_reader.h"

namespace sigstore::git {

// git-config(1), extensions.objectFormat: what objects are named by.
enum class ObjectFormat : std::uint8_t { sha1, sha256 };

// "commit", "tree", "blob", "tag"
std::string_view type_name(ObjectType type);

// The name of an object with this content: the hash of "<type> <size>\0" and
// the content (gitformat-pack(5), hash-function-transition). Nothing is
// written.
Result<ObjectId> name_object(ObjectFormat format, ObjectType type,
                             ByteView content);

}  // namespace sigstore::git
