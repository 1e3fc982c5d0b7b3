// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <httplib.h>

#include <string>

#include "tests/support/test_hub/hub.h"

namespace test_hub {

/// What a signed address on the second origin is for.
struct SignedUrl {
  std::string method;  // GET (and HEAD) or PUT
  std::string path;
  Repository repository;
  std::string oid = {};
  std::string file = {};
  std::string query = {};  // further parameters, "a=b&c=d"
};

/// Valid for an hour, or as long as the switch url-lifetime says; never the
/// same twice, as the Hub's.
std::string make_signed_url(Hub& hub, const SignedUrl& url);

/// What is wrong with a request for such an address: "" when nothing is.
std::string check_signed_url(const Hub& hub, const httplib::Request& request);

/// The signature of any text, by the hub's secret.
std::string sign_text(const Hub& hub, const std::string& text);

}  // namespace test_hub
