// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <httplib.h>

#include <functional>
#include <string>

#include "tests/support/test_hub/hub.h"

namespace test_hub {

/// Bytes that somebody asked for, whole or in a range.
struct Content {
  FileDescriptor file;
  Target target;
  std::string type = "application/octet-stream";
};

/// Answers 200, 206 or 416 with the file, and with the faults that are set
/// for content: see switches.h.
void answer_content(Hub& hub, Content content, const httplib::Request& request,
                    httplib::Response& response);

/// The object of that oid, or what replace-object has in its place.
FileDescriptor open_lfs_content(Hub& hub, const Target& target);

/// Takes an upload and stores it when it is what the oid says. The body is
/// read in any case, for bytes left over would be taken for the next request;
/// may_store is asked after that and answers by itself when it says no.
void receive_lfs_content(Hub& hub, const std::string& oid,
                         const httplib::ContentReader& read_body,
                         httplib::Response& response,
                         const std::function<bool()>& may_store);

}  // namespace test_hub
