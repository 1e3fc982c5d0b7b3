// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/git/pkt_line.h"

namespace sigstore {

// git://host[:port]/path (git-daemon(1)).
struct DaemonUrl {
  std::string host;
  std::string port;          // "9418" unless given
  std::string virtual_host;  // as written, with a port if there is one
  std::string path;

  // invalid_input for what is not one, or would end the request line early.
  static Result<DaemonUrl> parse(std::string_view url);
  // The first line that a client says (gitprotocol-pack(5), "Git Transport").
  std::string request(std::string_view service, int version) const;
};

// Serves the helper's `connect` command over a TCP connection, as git does by
// itself for such remotes: nothing is verified or signed. `version` is that of
// protocol.version.
Result<void> serve_daemon(const DaemonUrl& url, int version, PacketStream& git);

}  // namespace sigstore
