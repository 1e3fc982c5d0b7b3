// SPDX-License-Identifier: Apache-2.0
#include "core/git/object_name.h"

#include "core/crypto/message_digest.h"
#include "core/git/libgit2.h"

namespace sigstore::git {
namespace {

git_object_t to_git(ObjectType type) {
  switch (type) {
    case ObjectType::commit:
      return GIT_OBJECT_COMMIT;
    case ObjectType::tree:
      return GIT_OBJECT_TREE;
    case ObjectType::tag:
      return GIT_OBJECT_TAG;
    case ObjectType::blob:
      break;
  }
  return GIT_OBJECT_BLOB;
}

}  // namespace

std::string_view type_name(ObjectType type) {
  switch (type) {
    case ObjectType::commit:
      return "commit";
    case ObjectType::tree:
      return "tree";
    case ObjectType::tag:
      return "tag";
    case ObjectType::blob:
      break;
  }
  return "blob";
}

Result<ObjectId> name_object(ObjectFormat format, ObjectType type,
                             ByteView content) {
  if (format == ObjectFormat::sha256) {
    TRY_ASSIGN(MessageDigest digest,
               MessageDigest::create(DigestAlgorithm::sha256));
    digest.update(as_bytes(concat(type_name(type), " ", content.size(), '\0')));
    digest.update(content);
    return *ObjectId::from_bytes(digest.finish().view());
  }
  // libgit2's SHA-1 detects collisions, as git's own does.
  git_oid raw;
  if (git_odb_hash(&raw, content.data(), content.size(), to_git(type)) != 0)
    return libgit2_error(ErrorKind::internal, "hashing an object");
  return *ObjectId::from_bytes(ByteView(raw.id, GIT_OID_RAWSZ));
}

}  // namespace sigstore::git
