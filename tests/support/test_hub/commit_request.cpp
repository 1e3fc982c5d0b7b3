// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/commit_request.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "tests/support/test_hub/digest.h"
#include "tests/support/test_hub/git.h"
#include "tests/support/test_hub/lfs_answer.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxRegular = 10U << 20U;

bool is_safe_path(const std::string& path) {
  if (path.empty() || path.front() == '/' || path.back() == '/') return false;
  for (const auto part : split(path, '/')) {
    if (part.empty() || part == "." || part == ".." || part == ".git") {
      return false;
    }
  }
  return path.find('\0') == std::string::npos;
}

std::string parse_file(const Json& value, Operation& operation) {
  operation.content = text_member(value, "content");
  const std::string encoding = text_member(value, "encoding");
  if (encoding == "base64") {
    auto decoded = decode_base64(operation.content);
    if (!decoded) return "content is not base64";
    operation.content = std::move(*decoded);
  } else if (!encoding.empty() && encoding != "utf-8") {
    return "unknown encoding";
  }
  if (operation.content.size() > kMaxRegular) {
    return "Your push was rejected because it contains files larger than 10 "
           "MiB. Please use https://git-lfs.github.com/ to store large files.";
  }
  return "";
}

std::string parse_lfs_file(const Json& value, Operation& operation) {
  operation.kind = Operation::Kind::lfs_file;
  operation.oid = text_member(value, "oid");
  if (text_member(value, "algo") != "sha256" || !is_oid(operation.oid)) {
    return "lfsFile: a SHA-256 is needed";
  }
  const auto size = value.find("size");
  if (size != value.end() && size->is_number_unsigned()) {
    operation.size = size->get<std::uint64_t>();
  }
  return "";
}

// "" or what is wrong with it.
std::string parse_operation(const std::string& key, const Json& value,
                            Operation& operation) {
  operation.path = text_member(value, "path");
  operation.old_path = text_member(value, "oldPath");
  if (!is_safe_path(operation.path)) return "invalid path: " + operation.path;
  if (key == "deletedFile" || key == "deletedEntry") {
    operation.kind = Operation::Kind::remove;
    return "";
  }
  if (key == "deletedFolder") {
    operation.kind = Operation::Kind::remove_folder;
    return "";
  }
  if (key != "file" && key != "lfsFile") return "unknown operation " + key;
  if (!operation.old_path.empty()) {
    operation.kind = Operation::Kind::rename;
    return is_safe_path(operation.old_path) ? "" : "invalid old path";
  }
  return key == "file" ? parse_file(value, operation)
                       : parse_lfs_file(value, operation);
}

}  // namespace

std::optional<CommitRequest> parse_commit_request(const std::string& body,
                                                  std::string& complaint) {
  CommitRequest request;
  bool is_first = true;
  for (const auto line : split(body, '\n')) {
    if (line.empty()) continue;
    const Json json = Json::parse(line, nullptr, false);
    const std::string key = text_member(json, "key");
    if (key.empty() || !json.contains("value")) {
      complaint = "a line is no operation";
      return std::nullopt;
    }
    const Json& value = json.at("value");
    if (is_first != (key == "header")) {
      complaint = "the header is the first line, and only that";
      return std::nullopt;
    }
    if (is_first) {
      is_first = false;
      request.summary = text_member(value, "summary");
      request.description = text_member(value, "description");
      request.parent = text_member(value, "parentCommit");
      continue;
    }
    Operation operation;
    complaint = parse_operation(key, value, operation);
    if (!complaint.empty()) return std::nullopt;
    request.operations.push_back(std::move(operation));
  }
  if (request.summary.empty()) complaint = "a summary is needed";
  if (request.operations.empty() && complaint.empty()) {
    complaint = "nothing to commit";
  }
  if (!complaint.empty()) return std::nullopt;
  return request;
}

}  // namespace test_hub
