// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/git/ids.h"
#include "core/git/object_reader.h"

namespace sigstore::git {

// Objects that stand whole in a pack, which pointers do: a pointer is too
// small and too random to be a delta of another. gitformat-pack(5), version 2
// of pack and index. For all else (deltas, loose objects, alternates, what is
// damaged or too large) it has no answer, and libgit2 is asked, which also
// says what is wrong.
class PackReader {
 public:
  // Packs that cannot be opened are left out.
  static Result<PackReader> open(
      const std::vector<std::string>& object_folders);
  PackReader(PackReader&&) noexcept;
  PackReader& operator=(PackReader&&) noexcept;
  ~PackReader();

  std::optional<ObjectHeader> find_header(const ObjectId& id) const;
  // The content is checked against the name. At most `limit` bytes.
  std::optional<Object> find(const ObjectId& id, std::size_t limit);

 private:
  struct State;
  explicit PackReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sigstore::git
