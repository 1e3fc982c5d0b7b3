// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/app/session.h"
#include "core/base/process.h"
#include "core/base/result.h"
#include "core/git/ids.h"
#include "core/git/pkt_line.h"
#include "git-remote-sigstore/line_fetch.h"
#include "git-remote-sigstore/push_signing.h"

namespace sigstore {

// Speaks gitremote-helpers(7) with git on one side and with git's own
// transport (git-remote-https) on the other, and passes on all that is not a
// fetch or a push of commits.
class Relay {
 public:
  // `transport` is running, with the environment of `line_fetch`; all outlive
  // this object.
  Relay(Session& session, ChildProcess& transport, LineFetch& line_fetch);

  // Until git says goodbye. False when something was refused on the way, and
  // said so.
  Result<bool> run();

 private:
  Result<bool> command(const std::string& line);
  Result<void> option(const std::string& line);
  Result<bool> connect(const std::string& line);
  Result<bool> list(const std::string& line);
  Result<bool> fetch(std::string line);
  bool refuse(const Error& error);
  Result<void> push(std::string line);
  Result<void> send(const std::vector<PreparedPush>& pushes,
                    PushSigning& signing);
  Result<void> reject(const std::vector<PushLine>& lines, const Error& error);
  void note_declined(const std::vector<PreparedPush>& pushes,
                     const std::string& answer) const;
  // Passes on what the transport says up to an empty line.
  Result<void> pass_until_blank();
  Result<void> pass_raw();

  Session& session_;
  PacketStream git_;
  PacketStream transport_;
  ChildProcess& child_;
  LineFetch& line_fetch_;
  std::map<std::string, git::ObjectId> remote_refs_;
  bool dry_run_ = false;
  bool atomic_ = false;
  bool refused_ = false;
  bool show_progress_ = true;
};

}  // namespace sigstore
