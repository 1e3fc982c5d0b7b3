// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <httplib.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace test_hub {

/// Answers with JSON of the LFS media type.
void answer_lfs(httplib::Response& response, int status,
                const nlohmann::json& body);

/// Answers with the error object of the LFS API.
void answer_lfs_error(httplib::Response& response, int status,
                      const std::string& message);

/// The request's body as a JSON object; otherwise answers 422.
std::optional<nlohmann::json> read_lfs_request(const httplib::Request& request,
                                               httplib::Response& response);

/// A text member of an object; empty when it is missing or something else.
std::string text_member(const nlohmann::json& object, const char* name);

}  // namespace test_hub
