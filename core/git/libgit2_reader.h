// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/git/object_reader.h"

namespace sigstore::git {

// Reads object folders directly: loose objects, packs and their alternates.
// It never opens a repository, so configuration and extensions that libgit2
// does not know cannot stop it. SHA-1 repositories only; every object's
// content is checked against its name.
class Libgit2Reader final : public ObjectReader {
 public:
  // At least one folder; all are searched.
  static Result<std::unique_ptr<Libgit2Reader>> open(
      const std::vector<std::string>& object_folders);
  ~Libgit2Reader() override;
  Libgit2Reader(const Libgit2Reader&) = delete;
  Libgit2Reader& operator=(const Libgit2Reader&) = delete;

  Result<ObjectHeader> header(const ObjectId& id) override;
  Result<Object> read(const ObjectId& id, std::size_t limit) override;
  Result<std::unique_ptr<ObjectReader>> another() override;
  Result<ObjectId> name_of(ObjectType type, ByteView content) override;

 private:
  struct State;
  explicit Libgit2Reader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sigstore::git
