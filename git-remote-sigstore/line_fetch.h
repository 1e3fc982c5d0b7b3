// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/app/gate.h"
#include "core/app/session.h"
#include "core/base/result.h"
#include "core/git/pkt_line.h"
#include "git-remote-sigstore/quarantine_folder.h"

namespace sigstore {

// Fetches by the helper's own `list` and `fetch` commands: what git uses where
// protocol version 2 is not to be had (versions 0 and 1, the dumb protocol).
// git's transport then stores the objects by itself. It is started with a
// quarantine for its object folder; what is accepted moves into the store
// before git hears that the fetch is done.
class LineFetch {
 public:
  // `session` outlives this object. Without a quarantine (a repository that
  // cannot be written) all but fetches work.
  LineFetch(Session& session, Result<QuarantineFolder> quarantine);

  // For the transport. It is started before git says whether it will fetch or
  // push: reading objects is not changed by it.
  std::vector<std::pair<std::string, std::optional<std::string>>>
  transport_environment() const;

  // "option ..." as git sends it. A filter is not for the transport: without
  // protocol version 2 a server gives nothing but whole tips, so what was left
  // out could not be had for the verdict. All is fetched, as from a server
  // that knows no filters.
  void note_option(std::string_view line);

  // The answer to `list`: protected refs whose commits are here already are
  // judged now.
  Result<void> check_list(RefListing listing);

  // A batch of `fetch` lines, without the empty one that ends it. Returns
  // what to tell git.
  Result<std::string> fetch(const std::vector<std::string>& lines,
                            PacketStream& transport);

 private:
  Result<std::string> run_transport(const std::vector<std::string>& lines,
                                    PacketStream& transport);
  Result<void> judge(const std::vector<std::string>& lines);
  Result<std::string> accept(const std::string& answer);

  Session& session_;
  Result<QuarantineFolder> quarantine_;
  Gate gate_;
  RefListing listing_;
  bool deepens_ = false;
  bool filtered_ = false;
};

}  // namespace sigstore
