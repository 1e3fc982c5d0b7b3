// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "hub-client/hub/repo_name.h"

// What a client of the proxy asks for (hub.md 1.8, 1.9). Pure.
namespace sigstore::hub {

struct Route {
  enum class Kind : std::uint8_t {
    status,       // "/"
    status_json,  // "/status.json"
    file,         // ".../resolve/<revision>/<path>"
    api,          // a question that the Hub answers
    unknown,      // all else: nothing that nobody has looked at goes through
  };
  Kind kind = Kind::unknown;
  RepoName repo = {};      // of a file, or of a question about a repository
  std::string revision{};  // of a file, or of a question what it names
  std::string path{};      // of a file, decoded
  // Of a question: what to ask the endpoint for, as it came, query included.
  std::string target{};
  // GET .../revision/<revision> or the repository: the answer names a commit.
  bool names_commit = false;
};

// `target` is the request's, as it came: path and query. HEAD is a GET.
Route parse_route(std::string_view method, std::string_view target);

// %XX undone; false for what is malformed, and for %00.
bool decode_component(std::string_view text, std::string& decoded);

// May a request with this Host header be ours? Pages of other sites come with
// theirs, also where their name leads to this machine.
bool is_own_host(std::string_view host, int port);

// "Bearer <token>" (RFC 6750 2.1) -> the token; "" for all else.
std::string_view bearer_token(std::string_view authorization);

}  // namespace sigstore::hub
