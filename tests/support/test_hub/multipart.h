// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/test_hub/hub.h"

namespace test_hub {

/// The action "upload" of an object that is to come in parts (hub.md 1.11):
/// href is the completion call on this origin, the numbered addresses in
/// "header" are on the second one.
nlohmann::json make_multipart_action(Hub& hub, const Repository& repository,
                                     const std::string& origin,
                                     const std::string& oid, std::uint64_t size,
                                     std::uint64_t chunk_size);

/// The completion call, to which no token is sent.
void add_multipart_routes(httplib::Server& server, Hub& hub);

/// Takes one part, at an address that was checked already.
void receive_part(Hub& hub, const httplib::Request& request,
                  httplib::Response& response, const std::string& content);

}  // namespace test_hub
