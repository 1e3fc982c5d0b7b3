// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tests/support/test_hub/access.h"
#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/hub.h"
#include "tests/support/test_hub/lfs_answer.h"
#include "tests/support/test_hub/lfs_store.h"
#include "tests/support/test_hub/multipart.h"
#include "tests/support/test_hub/signed_url.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

struct Object {
  std::string oid;
  std::uint64_t size = 0;
};

std::optional<Object> parse_object(const Json& json) {
  const std::string oid = text_member(json, "oid");
  if (!is_oid(oid)) return std::nullopt;
  const auto size = json.find("size");
  if (size == json.end() || !size->is_number_unsigned()) return std::nullopt;
  return Object{oid, size->get<std::uint64_t>()};
}

Json make_error(const Json& object, int code, const std::string& message) {
  return {
      {"oid", text_member(object, "oid")},
      {"size", object.is_object() ? object.value("size", Json(0)) : Json(0)},
      {"error", {{"code", code}, {"message", message}}}};
}

/// Everything that decides about one entry of a batch.
struct Batch {
  Hub& hub;
  Repository repository;
  std::string origin;
  std::string base;  // absolute address of the repository's LFS service
  bool is_upload = false;
  bool is_signed = false;  // content is at the second origin
  bool takes_parts = false;
  bool has_parts = false;
};

std::string content_address(const Batch& batch, const std::string& oid) {
  if (!batch.is_signed) return batch.base + "/objects/" + oid;
  return make_signed_url(batch.hub, {.method = batch.is_upload ? "PUT" : "GET",
                                     .path = "/lfs/" + oid,
                                     .repository = batch.repository,
                                     .oid = oid});
}

// In parts where the client can and the switch says so.
Json upload_action(Batch& batch, const Object& object) {
  const auto is_large = [&](const Json& settings) {
    return batch.takes_parts && object.size > 0 &&
           object.size >= settings.at("from").get<std::uint64_t>();
  };
  const Target target = {"lfs", batch.repository.full_name(), object.oid};
  const auto parts = batch.hub.switches.take("multipart", target, is_large);
  if (!parts) return {{"href", content_address(batch, object.oid)}};
  batch.has_parts = true;
  const auto chunk_size = parts->at("chunk_size").get<std::uint64_t>();
  return make_multipart_action(batch.hub, batch.repository, batch.origin,
                               object.oid, object.size, chunk_size);
}

Json describe_object(Batch& batch, const Json& json) {
  const auto object = parse_object(json);
  if (!object) return make_error(json, 422, "not an oid with a size");
  const auto stored = find_lfs_object(batch.hub.root, object->oid);
  Json entry = {{"oid", object->oid}, {"size", object->size}};
  if (!batch.is_upload) {
    if (!stored) return make_error(json, 404, "object does not exist");
    entry["size"] = *stored;
    entry["actions"]["download"]["href"] = content_address(batch, object->oid);
    return entry;
  }
  // No actions tell the client that the object is here already.
  if (stored) return entry;
  entry["actions"]["upload"] = upload_action(batch, *object);
  entry["actions"]["verify"]["href"] = batch.base + "/verify";
  return entry;
}

bool offers(const Json& body, const std::string& transfer) {
  const auto transfers = body.find("transfers");
  return transfers != body.end() && transfers->is_array() &&
         std::find(transfers->begin(), transfers->end(), Json(transfer)) !=
             transfers->end();
}

void answer_batch(Hub& hub, const httplib::Request& request,
                  httplib::Response& response) {
  const auto repository = admit(hub, "lfs", request, response);
  if (!repository) return;
  const auto body = read_lfs_request(request, response);
  if (!body) return;
  const std::string operation = text_member(*body, "operation");
  if (operation != "upload" && operation != "download") {
    return answer_lfs_error(response, 422, "operation: upload or download");
  }
  // A token that may only read may upload for a pull request: without a ref.
  const Caller caller = find_caller(request);
  if (operation == "upload" && caller.is_known() && body->contains("ref") &&
      !caller.may_write(*repository)) {
    return answer_lfs_error(response, 403, "the token may not write here");
  }
  const std::string algorithm = text_member(*body, "hash_algo");
  // "sha_256" is what @huggingface/hub sends.
  if (!algorithm.empty() && algorithm != "sha256" && algorithm != "sha_256") {
    return answer_lfs_error(response, 409, "hash_algo: only sha256");
  }
  const auto wanted = body->find("objects");
  if (wanted == body->end() || !wanted->is_array()) {
    return answer_lfs_error(response, 422, "objects: an array is needed");
  }
  Batch batch = {
      .hub = hub,
      .repository = *repository,
      .origin = own_origin(request),
      .base =
          own_origin(request) + "/" + repository->full_name() + ".git/info/lfs",
      .is_upload = operation == "upload",
      // Clients of the Hub's API get addresses at the CDN as from the Hub;
      // git-lfs, which has no bearer token, gets ours.
      .is_signed =
          request.get_header_value("Authorization").starts_with("Bearer "),
      .takes_parts = offers(*body, "multipart"),
  };
  Json objects = Json::array();
  for (const auto& object : *wanted) {
    objects.push_back(describe_object(batch, object));
  }
  answer_lfs(response, 200,
             {{"transfer", batch.has_parts ? "multipart" : "basic"},
              {"hash_algo", "sha256"},
              {"objects", std::move(objects)}});
}

void answer_verify(Hub& hub, const httplib::Request& request,
                   httplib::Response& response) {
  if (!admit(hub, "lfs", request, response)) return;
  const auto body = read_lfs_request(request, response);
  if (!body) return;
  const auto object = parse_object(*body);
  if (!object) {
    return answer_lfs_error(response, 422, "not an oid with a size");
  }
  const auto stored = find_lfs_object(hub.root, object->oid);
  if (!stored) return answer_lfs_error(response, 404, "object does not exist");
  if (*stored != object->size) {
    return answer_lfs_error(response, 422, "object has another size");
  }
  answer_lfs(response, 200, Json::object());
}

}  // namespace

void add_lfs_routes(httplib::Server& server, Hub& hub) {
  server.Post(
      std::string(kRepositoryPattern) + "/info/lfs/objects/batch",
      [&hub](const httplib::Request& request, httplib::Response& response) {
        answer_batch(hub, request, response);
      });
  server.Post(
      std::string(kRepositoryPattern) + "/info/lfs/verify",
      [&hub](const httplib::Request& request, httplib::Response& response) {
        answer_verify(hub, request, response);
      });
}

}  // namespace test_hub
