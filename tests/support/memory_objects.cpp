// SPDX-License-Identifier: Apache-2.0
#include "tests/support/memory_objects.h"

#include <utility>

#include "core/crypto/message_digest.h"

using sigstore::ErrorKind;
using sigstore::fail;
using sigstore::Result;
using sigstore::git::ObjectId;
using sigstore::git::ObjectType;

namespace {

ObjectId name_object(ObjectType type, sigstore::ByteView content) {
  sigstore::Bytes named{static_cast<std::uint8_t>(type)};
  named.insert(named.end(), content.begin(), content.end());
  const sigstore::Sha256Digest digest = sigstore::sha256(named);
  return *ObjectId::from_bytes(sigstore::ByteView(digest.bytes).first(20));
}

}  // namespace

ObjectId MemoryObjects::add(ObjectType type, sigstore::ByteView content) {
  const ObjectId id = name_object(type, content);
  objects_[id] = {type, sigstore::Bytes(content.begin(), content.end())};
  return id;
}

sigstore::git::BlobId MemoryObjects::add_blob(std::string_view content) {
  return {add(ObjectType::blob, sigstore::as_bytes(content))};
}

sigstore::git::TreeId MemoryObjects::add_tree(
    std::vector<sigstore::git::TreeEntry> entries) {
  return {add(ObjectType::tree, sigstore::git::write_tree(std::move(entries)))};
}

sigstore::git::CommitId MemoryObjects::add_commit(
    const sigstore::git::TreeId& tree) {
  return {add(ObjectType::commit,
              sigstore::as_bytes("tree " + tree.id.to_hex() +
                                 "\nauthor A <a@b> 0 +0000\n"
                                 "committer A <a@b> 0 +0000\n\nm\n"))};
}

Result<sigstore::git::ObjectHeader> MemoryObjects::header(const ObjectId& id) {
  const auto object = objects_.find(id);
  if (object == objects_.end())
    return fail(ErrorKind::incomplete, "object ", id.to_hex(), " is not here");
  return sigstore::git::ObjectHeader{object->second.type,
                                     object->second.content.size()};
}

Result<sigstore::git::Object> MemoryObjects::read(const ObjectId& id,
                                                  std::size_t limit) {
  if (reads_left_ == 0)
    return fail(ErrorKind::internal, "more reads than the test allows");
  --reads_left_;
  TRY_ASSIGN(const sigstore::git::ObjectHeader head, header(id));
  if (head.size > limit)
    return fail(ErrorKind::invalid_input, "object is over the limit");
  return objects_[id];
}

Result<ObjectId> MemoryObjects::name_of(ObjectType type,
                                        sigstore::ByteView content) {
  return name_object(type, content);
}
