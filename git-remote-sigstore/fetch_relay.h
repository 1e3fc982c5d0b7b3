// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "core/app/gate.h"
#include "core/app/session.h"
#include "core/base/result.h"
#include "core/git/pkt_line.h"

namespace sigstore {

// Relays git protocol version 2 between git and a transport after
// `stateless-connect git-upload-pack`. ls-refs answers are judged before git
// sees them; a pack is held back, indexed in quarantine and judged, then
// replayed. What a partial clone leaves out and a verdict needs is asked for
// in between. A refusal is one ERR packet, which git prints as "fatal: remote
// error: ..." with exit code 128, taking back a clone's folder.
class FetchRelay {
 public:
  // All outlive this object. `show_progress`: relay the server's messages.
  FetchRelay(Session& session, PacketStream& git, PacketStream& transport,
             bool show_progress)
      : session_(session),
        git_(git),
        transport_(transport),
        gate_(session),
        show_progress_(show_progress) {}

  Result<void> run();

 private:
  struct Request {
    std::string command;
    std::string encoded;
    std::string capabilities;  // encoded; what stands before the delimiter
    std::set<git::ObjectId> wanted;
    bool shallow = false;
    bool filtered = false;
  };

  Result<void> relay_advertisement();
  Result<std::optional<Request>> read_request();
  Result<void> answer_ls_refs(const Request& request);
  Result<void> check_listed(const Request& request);
  Result<void> answer_fetch(const Request& request);
  Result<void> receive_pack(const Request& request, bool history_complete);
  Result<void> judge(const Request& request, bool history_complete,
                     class Quarantine& quarantine);
  Result<void> complete(const Request& request, Quarantine& quarantine);
  Result<bool> is_partial() const;
  Result<bool> take_band(const Packet& packet, Quarantine& quarantine);
  Result<void> replay(Quarantine& quarantine);
  Result<void> pass_response();
  Result<void> refuse(const Error& error);
  void show(std::string_view text);

  Session& session_;
  PacketStream& git_;
  PacketStream& transport_;
  Gate gate_;
  bool show_progress_;
  RefListing listing_;
  bool listed_ = false;
  bool refused_ = false;
  std::string progress_line_;
};

}  // namespace sigstore
