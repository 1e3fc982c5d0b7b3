// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <httplib.h>

#include <optional>
#include <string>

#include "tests/support/test_hub/hub.h"

namespace test_hub {

/// Who asks. The hub knows these tokens, as "Bearer" or as the password of
/// Basic credentials; any other one as "Bearer" is invalid:
///
///   hf_writer    may read and write everything
///   hf_reader    may read everything; a pull request is all it may write
///   hf_stranger  sees what is public, owns what is below stranger/
struct Caller {
  std::string user = {};  // empty: anonymous
  bool is_invalid = false;
  bool has_write_role = false;
  bool is_member = false;  // of every organisation

  bool is_known() const { return !user.empty(); }
  bool may_see(const Repository& repository) const {
    return is_member || (is_known() && repository.org == user);
  }
  bool may_write(const Repository& repository) const {
    return has_write_role && may_see(repository);
  }
};

Caller find_caller(const httplib::Request& request);

/// Why somebody is refused (hub.md 1.3).
struct Refusal {
  int status = 0;
  std::string code = {};  // X-Error-Code
  std::string message;    // X-Error-Message and the body
};

enum class Need { metadata, content, write, pull_request };

/// Nothing when the caller may have that. Takes the switches private, gated
/// and disabled, and counts a hit of theirs also for the repository's own
/// settings.
std::optional<Refusal> refuse(Hub& hub, const Repository& repository,
                              const Caller& caller, Need need);

/// True when cut-connection, server-error or rate-limit has answered.
bool answer_fault(Hub& hub, const Target& target,
                  const httplib::Request& request, httplib::Response& response);

/// As the Hub says it: headers, and {"error": message}.
void answer_refusal(httplib::Response& response, const Refusal& refusal);

/// Lets the client read the end of the connection in place of an answer.
void cut_connection(const httplib::Request& request);

}  // namespace test_hub
