// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/file.h"
#include "core/base/result.h"
#include "core/git/git_command.h"
#include "core/git/object_name.h"
#include "core/git/object_reader.h"

namespace sigstore::git {

// One header line of `git cat-file --batch` or `--batch-check`, without its
// newline: "<id> <type> <size>". Nothing for "<id> missing". `io` when the
// line is neither, or answers for another object than `asked`.
Result<std::optional<ObjectHeader>> parse_cat_file_line(std::string_view line,
                                                        const ObjectId& asked);

// Reads object folders through `git cat-file --batch`, for names that libgit2
// does not know (SHA-256). Like Libgit2Reader it sees only the folders: its
// git works in an empty repository of its own, so that no configuration can
// stop it, and an object that a partial clone left out is absent and not an
// end of the child. Two children live as long as this object, one for headers,
// one for content; each starts when it is first needed. Every object's content
// is checked against its name, which git does not do for packs.
class CatFileReader final : public ObjectReader {
 public:
  // At least one folder; all are searched.
  static Result<std::unique_ptr<CatFileReader>> open(
      const std::vector<std::string>& object_folders, ObjectFormat format);
  ~CatFileReader() override;
  CatFileReader(const CatFileReader&) = delete;
  CatFileReader& operator=(const CatFileReader&) = delete;

  Result<ObjectHeader> header(const ObjectId& id) override;
  Result<Object> read(const ObjectId& id, std::size_t limit) override;
  Result<ObjectId> name_of(ObjectType type, ByteView content) override;

 private:
  class Child;
  CatFileReader(TemporaryDirectory folder, Git git, ObjectFormat format);
  TemporaryDirectory folder_;
  Git git_;
  ObjectFormat format_;
  std::unique_ptr<Child> headers_;
  std::unique_ptr<Child> contents_;
};

}  // namespace sigstore::git
