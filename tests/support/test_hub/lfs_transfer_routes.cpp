// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include <string>
#include <utility>

#include "tests/support/test_hub/content.h"
#include "tests/support/test_hub/hub.h"
#include "tests/support/test_hub/lfs_answer.h"
#include "tests/support/test_hub/lfs_store.h"

namespace test_hub {
namespace {

void answer_download(Hub& hub, const httplib::Request& request,
                     httplib::Response& response) {
  const auto repository = admit(hub, "lfs", request, response);
  if (!repository) return;
  const Target target = {"lfs", repository->full_name(),
                         request.matches[4].str()};
  response.status = 404;
  if (!is_oid(target.oid)) return;
  if (hub.switches.take("not-found", target)) return;
  FileDescriptor file = open_lfs_content(hub, target);
  if (!file) return;
  answer_content(hub, {std::move(file), target}, request, response);
}

}  // namespace

void add_lfs_transfer_routes(httplib::Server& server, Hub& hub) {
  const std::string pattern =
      std::string(kRepositoryPattern) + "/info/lfs/objects/([^/]+)";
  server.Get(pattern, [&hub](const httplib::Request& request,
                             httplib::Response& response) {
    answer_download(hub, request, response);
  });
  server.Put(pattern, [&hub](const httplib::Request& request,
                             httplib::Response& response,
                             const httplib::ContentReader& read_body) {
    receive_lfs_content(
        hub, request.matches[4].str(), read_body, response,
        [&] { return admit(hub, "lfs", request, response).has_value(); });
  });
}

}  // namespace test_hub
