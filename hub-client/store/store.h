// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/git/ids.h"
#include "hub-client/hub/listing.h"

namespace sigstore::hub {

// Where pulled files live: the cache (hub_cache.h), or a folder
// (local_folder.h). Two processes may work on one at the same time: each step
// is one rename, and lock() lets one of ours in at a time.
//
// The order of a pull: lock(); find() and adopt() what is here and was hashed
// (present_files.h); partial_path() and place() for the rest; finish(). What
// place() was not called for is not visible anywhere.
class Store {
 public:
  virtual ~Store() = default;

  // Keeps other processes of ours out, until this object goes. io when one
  // holds it for longer than `seconds`. Where the file system has no locks it
  // succeeds, and partials of earlier runs are left alone.
  virtual Result<void> lock(int seconds) = 0;

  // The file as it is here already, whatever its content: nobody vouches for
  // it. Below one of roots() without a symbolic link.
  virtual std::optional<std::filesystem::path> find(const git::CommitId& commit,
                                                    const ListedFile& file) = 0;
  virtual std::vector<std::filesystem::path> roots() const = 0;

  // Where the file may be written until it is whole: on the same file system
  // as its place, in a folder that exists. What an earlier run left, if it
  // left one, else a new name; no path is given twice. Of files of one etag
  // the cache needs one alone: adopt() serves the others, once it was placed.
  // unsafe_tree for names that must not be written.
  virtual Result<std::filesystem::path> partial_path(
      const ListedFile& file) = 0;
  // Puts a whole and checked file in its place, with the mode that files get
  // here; removes what was kept beside the partial.
  virtual Result<std::filesystem::path> place(
      const git::CommitId& commit, const ListedFile& file,
      const std::filesystem::path& partial) = 0;
  // The same for a file that find() gave, and that was hashed now.
  virtual Result<std::filesystem::path> adopt(const git::CommitId& commit,
                                              const ListedFile& file) = 0;

  // For a file of the same content as one that was placed now: true when it has
  // its name without a copy.
  virtual Result<bool> share(const git::CommitId& commit,
                             const ListedFile& file) = 0;

  // Last: the listing, and then the revision by its name. Partials that are
  // of no use any more are removed.
  virtual Result<void> finish(std::string_view revision,
                              const Listing& listing) = 0;

  // The folder that a user is told.
  virtual std::filesystem::path folder(const git::CommitId& commit) const = 0;

  // Without a network: the commit of a revision (40 digits are their own).
  // not_found when nothing here says it.
  virtual Result<git::CommitId> read_ref(std::string_view revision) = 0;
  // What finish(), or huggingface_hub, wrote. Nothing when there is none, or
  // one in a format of the future; invalid_input for what is damaged.
  virtual Result<std::optional<Listing>> read_listing(
      const git::CommitId& commit) = 0;
};

// 40 lower-case digits.
std::optional<git::CommitId> parse_commit(std::string_view text);

// A revision that is read_ref() and whose listed files are all here: its
// listing. not_found without a revision or a listing; incomplete, naming the
// files, when some are missing. Nothing was hashed.
Result<Listing> find_offline(Store& store, std::string_view revision);

}  // namespace sigstore::hub
