// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/git/ids.h"
#include "core/git/object_reader.h"

namespace sigstore::git {

struct ManyReads {
  ObjectType type = ObjectType::blob;
  std::size_t limit = 0;  // bytes, of each object
  // Gets every object with its place in the list, in any order and, for long
  // lists, from two threads at once; never twice for one place.
  std::function<Result<void>(std::size_t place, const Bytes& content)> take;
  // What errors call the object at a place.
  std::function<std::string(std::size_t place)> name;
  // Called now and then on the caller's thread, for what runs beside.
  std::function<Result<void>()> meanwhile;
};

// Reads a list of objects. The first error ends it: those of read_object, of
// `take` and of `meanwhile`.
Result<void> read_many(ObjectReader& objects, const std::vector<ObjectId>& ids,
                       const ManyReads& reads);

}  // namespace sigstore::git
