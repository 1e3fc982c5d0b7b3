// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/git/ids.h"

namespace sigstore::git {

enum class ObjectType : std::uint8_t { commit, tree, blob, tag };

struct Object {
  ObjectType type = ObjectType::blob;
  Bytes content;
};

struct ObjectHeader {
  ObjectType type = ObjectType::blob;
  std::uint64_t size = 0;
};

// Objects of one repository, by name.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;

  // Both: `incomplete` when the object is not here.
  virtual Result<ObjectHeader> header(const ObjectId& id) = 0;
  // invalid_input when the object is larger than `limit` bytes.
  virtual Result<Object> read(const ObjectId& id, std::size_t limit) = 0;
  // One more reader of the same objects, for another thread; nothing where
  // that would gain nothing.
  virtual Result<std::unique_ptr<ObjectReader>> another() {
    return std::unique_ptr<ObjectReader>();
  }
  // The name that this content would have; nothing is written.
  virtual Result<ObjectId> name_of(ObjectType type, ByteView content) = 0;
};

// read(), and the type must be the one asked for.
Result<Bytes> read_object(ObjectReader& objects, const ObjectId& id,
                          ObjectType type, std::size_t limit);

}  // namespace sigstore::git
