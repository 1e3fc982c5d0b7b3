// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/git/git_command.h"
#include "core/git/ids.h"
#include "core/git/object_reader.h"
#include "core/git/pkt_line.h"
#include "git-remote-sigstore/quarantine.h"

namespace sigstore {

// What of a commit's tree is not here.
struct MissingObjects {
  std::set<git::ObjectId> trees;  // and so all that is below them
  std::set<git::ObjectId> blobs;

  bool empty() const { return trees.empty() && blobs.empty(); }
};

// Every tree is looked at once, however often it is named. unsupported above
// limits::kTreeEntries; `incomplete` when the commit itself is not here.
Result<MissingObjects> find_missing(git::ObjectReader& objects,
                                    const git::CommitId& commit);

// Brings what a partial clone left out and a verdict needs: the trees and
// blobs of a tip. It asks with requests of its own on the connection that git
// uses (gitprotocol-v2(5), "fetch"), between two of git's.
class PartialFetch {
 public:
  // `capabilities`: the lines between "command=..." and the delimiter of
  // git's own request, encoded. All outlive this object.
  PartialFetch(const git::Git& git, PacketStream& transport,
               std::string capabilities)
      : git_(git),
        transport_(transport),
        capabilities_(std::move(capabilities)) {}

  // Whatever is missing of the trees of these commits, for each that is here,
  // into the quarantine. A server that gives no single objects is asked for
  // the whole commit without its history. Objects that do not come stay
  // missing: the verdict then is `incomplete`.
  Result<void> complete(const std::vector<git::CommitId>& commits,
                        Quarantine& quarantine);

 private:
  Result<MissingObjects> missing_of(const git::CommitId& commit,
                                    const Quarantine& quarantine) const;
  // False when the server gave no pack.
  Result<bool> request(const std::string& arguments, Quarantine& quarantine);
  Result<bool> receive(Quarantine& quarantine);

  const git::Git& git_;
  PacketStream& transport_;
  std::string capabilities_;
};

}  // namespace sigstore
