// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/git/ids.h"
#include "core/http/client.h"
#include "hub-client/hub/access_token.h"
#include "hub-client/hub/hub_url.h"

// Questions that the Hub answers, and that the proxy hands on: what files
// there are, who one is. Files themselves never come this way.
namespace sigstore::hub {

struct ApiCall {
  http::Method method = http::Method::get;
  std::string target;  // below the endpoint: "api/models/org/m?blobs=true"
  // Some answers depend on who asks (llama.cpp), so this is the client's own.
  std::string user_agent = {};
  std::string accept = {};
  std::string content_type = {};  // of the body
  Bytes body = {};
};

// The Hub's answer, whatever its status. The token is sent to the endpoint's
// origin alone; redirects are followed there (a renamed repository), and
// nowhere else. invalid_input for one that leads away.
Result<http::Response> pass_on(http::Client& network, const Endpoint& endpoint,
                               const AccessToken& token, const ApiCall& call);

// What of it a client of the proxy gets, which reaches the Hub at `own_origin`
// alone: the next page is asked for here, and nothing names Xet, which would
// bring content past us. invalid_input for content that is not JSON. Pure.
Result<http::Response> for_client(http::Response answer,
                                  const Endpoint& endpoint,
                                  std::string_view own_origin);

// The commit that an answer about a repository names ("sha"). Pure.
std::optional<git::CommitId> named_commit(const http::Response& answer);

}  // namespace sigstore::hub
