// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: when do two looks at a file tell that nobody wrote to it
// between them?
//
// The change time (ctime) of a file moves with each write, and no call sets
// it: rewriting a file and putting its modification time back shows. These
// are the ways around it, and what is done about each:
//
//  * File systems that keep times late or not at all: only ext4, XFS and
//    btrfs count. NFS, FUSE, overlays and memory are read every time.
//  * A write in the same tick of the clock as the look at the file, which ext4
//    with small inodes counts in seconds: is_settled() wants two seconds
//    between the last change and the hashing, as git's index does.
//  * A writable mapping. The kernel notes the time when a page becomes
//    writable, and not again before the page was written to disk: a page that
//    was dirty already takes further stores unseen. sync_pages() writes all of
//    them, which takes the right to write from them; so it comes before the
//    hashing.
//  * Another file under the same number: the inode's generation differs.
//  * Another disk under the same number, or the same one changed elsewhere (a
//    stick, an image): the volume is a digest of the start of this system and
//    of the disk's sequence number, which grows whenever one is attached; on
//    btrfs, of the number of the mount, which is never used again.
//
// None of this is asked of a file with fs-verity (hash/fs_verity.h): the kernel
// lets nobody write to it, so its digest there is all of its state.
//
// Left out: whoever may set the clock back, write to the disk beside the file
// system, or let a device write into pages that are pinned. All need root.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/base/time.h"
#include "core/hash/known_digests.h"

namespace sigstore {

class FileStates {
 public:
  FileStates();
  // Nothing where nothing can be told from a state.
  std::optional<FileState> look(int fd);
  // As if it had no fs-verity.
  std::optional<FileState> look_at_times(int fd);

 private:
  std::string boot_;  // the id of the start of this system; "" is unknown
  // By device; nothing for one whose times say nothing.
  std::map<std::uint64_t, std::optional<Sha256Digest>> volumes_;
};

// Was the file left alone for long enough before `now`?
bool is_settled(const FileState& state, Timestamp now);

// Writes what is dirty of the file's pages; false when that is not possible.
bool sync_pages(int fd);

}  // namespace sigstore
