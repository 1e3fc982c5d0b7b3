// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/lfs_answer.h"

namespace test_hub {

void answer_lfs(httplib::Response& response, int status,
                const nlohmann::json& body) {
  response.status = status;
  response.set_content(
      body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
      "application/vnd.git-lfs+json");
}

void answer_lfs_error(httplib::Response& response, int status,
                      const std::string& message) {
  answer_lfs(response, status, {{"message", message}});
}

std::optional<nlohmann::json> read_lfs_request(const httplib::Request& request,
                                               httplib::Response& response) {
  auto body = nlohmann::json::parse(request.body, nullptr, false);
  if (body.is_object()) return body;
  answer_lfs_error(response, 422, "the body is not a JSON object");
  return std::nullopt;
}

std::string text_member(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return "";
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return "";
  return found->get<std::string>();
}

}  // namespace test_hub
