// SPDX-License-Identifier: Apache-2.0
#include "hub-client/credential.h"

#include <algorithm>

#include "core/base/limits.h"

namespace sigstore::hub {

Result<CredentialRequest> parse_credential_request(std::string_view text) {
  if (text.size() > limits::kHelperLine)
    return fail(ErrorKind::invalid_input, "git asks for too much");
  CredentialRequest request;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) break;  // the end, by an empty line
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos ||
        line.find('\0') != std::string_view::npos)
      return fail(ErrorKind::invalid_input,
                  "git asks with a line that is no attribute");
    const std::string_view key = line.substr(0, equals);
    const std::string_view value = line.substr(equals + 1);
    if (key == "protocol") request.protocol = value;
    if (key == "host") request.host = value;
    if (key == "username") request.username = value;
  }
  return request;
}

bool asks_for(const CredentialRequest& request, const Endpoint& endpoint) {
  // A host and a port: the rest of a URL would change what it means.
  if (request.host.find_first_of("/?#@\\") != std::string::npos) return false;
  return endpoint.may_see_token(
      concat(request.protocol, "://", request.host, "/"));
}

std::string credential_answer(const CredentialRequest& request,
                              const Endpoint& endpoint,
                              const AccessToken& token) {
  if (token.empty() || !asks_for(request, endpoint)) return {};
  // The Hub takes any user's name; this is what hf itself tells git.
  return concat(
      "protocol=", request.protocol, "\nhost=", request.host,
      "\nusername=", request.username.empty() ? "hf_user" : request.username,
      "\npassword=", token.reveal_secret(), "\n");
}

}  // namespace sigstore::hub
