// SPDX-License-Identifier: Apache-2.0
#include "core/git/object_reader.h"

#include <utility>

namespace sigstore::git {

Result<Bytes> read_object(ObjectReader& objects, const ObjectId& id,
                          ObjectType type, std::size_t limit) {
  TRY_ASSIGN(Object object, objects.read(id, limit));
  if (object.type != type)
    return fail(ErrorKind::invalid_input, "object ", id.to_hex(),
                " is of another type than its use says");
  return std::move(object.content);
}

}  // namespace sigstore::git
