// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/multipart.h"

#include <charconv>
#include <filesystem>
#include <optional>
#include <random>
#include <system_error>
#include <vector>

#include "tests/support/test_hub/access.h"
#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/digest.h"
#include "tests/support/test_hub/lfs_answer.h"
#include "tests/support/test_hub/lfs_store.h"
#include "tests/support/test_hub/signed_url.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

constexpr char kPath[] = "/api/complete_multipart";

/// An upload that is under way, as the completion call names it.
struct Upload {
  std::string id;
  std::string oid;
  std::uint64_t parts = 0;

  std::string query() const {
    return "uploadId=" + id + "&oid=" + oid + "&parts=" + std::to_string(parts);
  }
};

std::filesystem::path part_path(const Hub& hub, const std::string& upload,
                                std::uint64_t number) {
  return hub.spool() / ("part-" + upload + "-" + std::to_string(number));
}

// As S3's, it says nothing to the client.
std::string etag_of(const std::string& content) {
  return "\"" + sha256_hex(content).substr(0, 32) + "\"";
}

// "1" is "00001", as the Hub writes it.
std::string part_key(std::uint64_t number) {
  std::string key = std::to_string(number);
  return key.size() < 5 ? std::string(5 - key.size(), '0') + key : key;
}

std::uint64_t to_number(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// "" or what is wrong with the list of parts.
std::string check_parts(const Hub& hub, const Upload& upload,
                        const Json& body) {
  if (text_member(body, "oid") != upload.oid) return "another oid";
  const auto parts = body.find("parts");
  if (parts == body.end() || !parts->is_array() ||
      parts->size() != upload.parts) {
    return "the number of parts is wrong";
  }
  for (std::uint64_t number = 1; number <= upload.parts; ++number) {
    const Json& part = parts->at(number - 1);
    if (part.value("partNumber", Json(0)) != number) {
      return "the parts are not in order";
    }
    const FileDescriptor file =
        open_for_reading(part_path(hub, upload.id, number));
    if (!file) return "part " + std::to_string(number) + " is missing";
    if (text_member(part, "etag") != etag_of(read_back(file))) {
      return "part " + std::to_string(number) + " has another ETag";
    }
  }
  return "";
}

bool store_parts(Hub& hub, const Upload& upload) {
  LfsUpload whole(hub.spool());
  bool written = true;
  for (std::uint64_t number = 1; number <= upload.parts; ++number) {
    const auto path = part_path(hub, upload.id, number);
    written = written && whole.write(read_back(open_for_reading(path)));
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
  return written &&
         whole.store(hub.root, upload.oid) == LfsUpload::Outcome::stored;
}

void answer_complete(Hub& hub, const httplib::Request& request,
                     httplib::Response& response) {
  const Upload upload = {.id = request.get_param_value("uploadId"),
                         .oid = request.get_param_value("oid"),
                         .parts = to_number(request.get_param_value("parts"))};
  const Target target = {.scope = "lfs",
                         .repo = "",
                         .oid = upload.oid,
                         .file = "",
                         .method = request.method};
  if (answer_fault(hub, target, request, response)) return;
  if (request.get_param_value("signature") != sign_text(hub, upload.query())) {
    return answer_lfs_error(response, 403, "the signature does not match");
  }
  const auto body = read_lfs_request(request, response);
  if (!body) return;
  const std::string complaint = check_parts(hub, upload, *body);
  if (!complaint.empty()) return answer_lfs_error(response, 400, complaint);
  if (!store_parts(hub, upload)) {
    return answer_lfs_error(response, 422, "content does not match the oid");
  }
  answer_lfs(response, 200, Json::object());
}

}  // namespace

Json make_multipart_action(Hub& hub, const Repository& repository,
                           const std::string& origin, const std::string& oid,
                           std::uint64_t size, std::uint64_t chunk_size) {
  const Upload upload = {
      .id = sha256_hex(oid + std::to_string(std::random_device()()))
                .substr(0, 16),
      .oid = oid,
      .parts = (size + chunk_size - 1) / chunk_size};
  Json header = {{"chunk_size", std::to_string(chunk_size)}};
  for (std::uint64_t number = 1; number <= upload.parts; ++number) {
    header[part_key(number)] = make_signed_url(
        hub, {.method = "PUT",
              .path = "/part",
              .repository = repository,
              .oid = oid,
              .query = "uploadId=" + upload.id +
                       "&partNumber=" + std::to_string(number)});
  }
  return {{"href", origin + kPath + "?" + upload.query() +
                       "&signature=" + sign_text(hub, upload.query())},
          {"header", std::move(header)}};
}

void receive_part(Hub& hub, const httplib::Request& request,
                  httplib::Response& response, const std::string& content) {
  const auto path = part_path(hub, request.get_param_value("uploadId"),
                              to_number(request.get_param_value("partNumber")));
  if (!write_file_atomic(path, content)) {
    response.status = 500;
    return;
  }
  response.status = 200;
  response.set_header("ETag", etag_of(content));
}

void add_multipart_routes(httplib::Server& server, Hub& hub) {
  server.Post(kPath, [&hub](const httplib::Request& request,
                            httplib::Response& response) {
    answer_complete(hub, request, response);
  });
}

}  // namespace test_hub
