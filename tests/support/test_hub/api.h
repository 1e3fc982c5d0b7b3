// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_hub/access.h"
#include "tests/support/test_hub/hub.h"
#include "tests/support/test_hub/listing.h"

namespace test_hub {

/// A call of /api/<type>/<org>/<name>[/<action>[/<rest>...]] that was let in.
struct ApiCall {
  Hub& hub;
  const httplib::Request& request;
  httplib::Response& response;
  Repository repository;
  Caller caller;
  std::string action = {};
  std::vector<std::string> rest = {};  // decoded: "refs%2Fpr%2F1" is one

  Target target(const std::string& file = "") const {
    return {.scope = "api",
            .repo = repository.full_name(),
            .oid = "",
            .file = file,
            .method = request.method};
  }
  /// The rest from that place on, with "/" between.
  std::string path_from(size_t index) const;
};

/// The parts between the slashes of a request's path, each decoded by itself.
std::vector<std::string> decode_path(const httplib::Request& request);

/// Makes refs/pr/1 and refs/convert/x one part where they stand as three, as
/// @huggingface/hub writes them.
void join_revision(std::vector<std::string>& parts, std::size_t index);

std::string encode_component(std::string_view text);

void answer_json(httplib::Response& response, const nlohmann::json& body,
                 int status = 200);

/// The body as a JSON object; otherwise answers 400.
std::optional<nlohmann::json> read_json(const httplib::Request& request,
                                        httplib::Response& response);

/// The commit of the revision; otherwise answers RevisionNotFound.
std::optional<std::string> find_commit(ApiCall& call,
                                       const std::string& revision);

/// "expand" and its like: true, True, 1.
bool has_flag(const httplib::Request& request, const std::string& name);

std::size_t number_param(const httplib::Request& request,
                         const std::string& name, std::size_t otherwise);

/// The hub's own origin, as the client calls it.
std::string own_origin(const httplib::Request& request);

// What the actions answer; each file says which part of the API it speaks.
void answer_info(ApiCall& call);           // info_routes.cpp
void answer_auth_check(ApiCall& call);     // info_routes.cpp
void answer_refs(ApiCall& call);           // history_routes.cpp
void answer_commits(ApiCall& call);        // history_routes.cpp
void answer_tree(ApiCall& call);           // tree_routes.cpp
void answer_paths_info(ApiCall& call);     // tree_routes.cpp
void answer_create_branch(ApiCall& call);  // ref_routes.cpp
void answer_delete_branch(ApiCall& call);  // ref_routes.cpp
void answer_create_tag(ApiCall& call);     // ref_routes.cpp
void answer_delete_tag(ApiCall& call);     // ref_routes.cpp
void answer_settings(ApiCall& call);       // ref_routes.cpp
void answer_preupload(ApiCall& call);      // commit_routes.cpp
void answer_commit(ApiCall& call);         // commit_routes.cpp
void answer_discussions(ApiCall& call);    // discussion_routes.cpp
void answer_discuss(ApiCall& call);        // discussion_routes.cpp

}  // namespace test_hub
