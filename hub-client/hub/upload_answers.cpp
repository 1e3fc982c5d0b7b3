// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/upload_answers.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/json.h"
#include "core/base/limits.h"
#include "hub-client/hub/decimal.h"
#include "hub-client/hub/hub_error.h"

namespace sigstore::hub {
namespace {

// S3 has no more.
constexpr std::uint32_t kMostParts = 10'000;

Error malformed(std::string_view member, std::string_view why) {
  return fail(ErrorKind::invalid_input, "'", member, "' ", why);
}

Result<std::string> text_of(const Json& value, std::string_view name) {
  if (!value.is_string()) return malformed(name, "is not a string");
  return value.get<std::string>();
}

bool is_header_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != ':';
  });
}

bool is_header_value(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) ==
         std::string_view::npos;
}

Result<LfsAction> read_action(const Json& action) {
  LfsAction out;
  TRY_ASSIGN(const std::string_view url, string_member(action, "href"));
  out.url = url;
  if (find_member(action, "header") == nullptr) return out;
  TRY_ASSIGN(const Json* headers, object_member(action, "header"));
  for (const auto& [name, value] : headers->items()) {
    TRY_ASSIGN(std::string text, text_of(value, "header"));
    if (!is_header_name(name) || !is_header_value(text))
      return malformed("header", "is no header");
    out.headers.push_back({name, std::move(text)});
  }
  return out;
}

// "chunk_size" and "00001", "00002", ... stand among the headers, in no
// order that could be relied on.
Result<void> take_parts(LfsUpload& object) {
  std::vector<http::Header> headers = std::move(object.upload->headers);
  object.upload->headers.clear();
  std::map<std::uint64_t, std::string> parts;
  for (http::Header& header : headers) {
    const std::optional<std::uint64_t> number = parse_decimal(header.name);
    if (header.name == "chunk_size") {
      object.part_size = parse_decimal(header.value).value_or(0);
    } else if (number) {
      if (!parts.emplace(*number, std::move(header.value)).second)
        return malformed("header", "has a part twice");
    }
  }
  if (object.part_size == 0) return malformed("chunk_size", "is no size");
  const std::uint64_t wanted = object.size / object.part_size +
                               (object.size % object.part_size == 0 ? 0 : 1);
  if (wanted > kMostParts || parts.size() != wanted)
    return malformed("header", "has another number of parts than the size");
  std::uint32_t next = 0;
  for (auto& [number, url] : parts) {
    if (number != ++next) return malformed("header", "lacks a part");
    object.parts.push_back({next, std::move(url)});
  }
  return {};
}

Error refused_object(const Json& error, const Sha256Digest& oid) {
  const Result<std::string> message = optional_string(error, "message");
  return fail(ErrorKind::invalid_input, "object ", oid.to_hex(), " is refused",
              message.ok() && !message->empty()
                  ? concat(": ", safe_words(*message))
                  : std::string());
}

Result<LfsUpload> read_object(const Json& item, std::string_view transfer) {
  LfsUpload object;
  TRY_ASSIGN(const std::string_view oid, string_member(item, "oid"));
  const auto digest = Sha256Digest::parse_hex(oid);
  if (!digest) return malformed("oid", "is no SHA-256");
  object.oid = *digest;
  TRY_ASSIGN(const std::int64_t size, int64_member(item, "size"));
  object.size = static_cast<std::uint64_t>(size);
  if (const Json* error = find_member(item, "error"))
    return refused_object(*error, object.oid);
  const Json* actions = find_member(item, "actions");
  if (actions == nullptr || find_member(*actions, "upload") == nullptr)
    return object;
  TRY_ASSIGN(const Json* upload, object_member(*actions, "upload"));
  TRY_ASSIGN(object.upload, read_action(*upload));
  if (find_member(*actions, "verify") != nullptr) {
    TRY_ASSIGN(const Json* verify, object_member(*actions, "verify"));
    TRY_ASSIGN(object.verify, read_action(*verify));
  }
  if (transfer == "multipart") TRY(take_parts(object));
  return object;
}

}  // namespace

Result<std::vector<UploadMode>> parse_preupload(ByteView bytes) {
  TRY_ASSIGN(const Json json, parse_json(as_text(bytes)));
  TRY_ASSIGN(const Json* files, array_member(json, "files"));
  std::vector<UploadMode> modes;
  for (const Json& item : *files) {
    UploadMode mode;
    TRY_ASSIGN(const std::string_view path, string_member(item, "path"));
    mode.path = path;
    TRY_ASSIGN(const std::string_view name, string_member(item, "uploadMode"));
    if (name != "lfs" && name != "regular")
      return malformed("uploadMode", "is neither lfs nor regular");
    mode.is_lfs = name == "lfs";
    if (find_member(item, "shouldIgnore") != nullptr) {
      TRY_ASSIGN(mode.ignored, bool_member(item, "shouldIgnore"));
    }
    TRY_ASSIGN(mode.oid, optional_string(item, "oid"));
    modes.push_back(std::move(mode));
  }
  return modes;
}

Result<std::vector<LfsUpload>> parse_lfs_batch(
    ByteView bytes, const std::vector<LfsObject>& asked) {
  TRY_ASSIGN(const Json json, parse_json(as_text(bytes)));
  TRY_ASSIGN(std::string transfer, optional_string(json, "transfer"));
  if (transfer.empty()) transfer = "basic";  // git-lfs, batch API
  if (transfer != "basic" && transfer != "multipart")
    return malformed("transfer", "is none that was offered");
  TRY_ASSIGN(const Json* objects, array_member(json, "objects"));
  std::map<Sha256Digest, LfsUpload> answered;
  for (const Json& item : *objects) {
    TRY_ASSIGN(LfsUpload object, read_object(item, transfer));
    const Sha256Digest oid = object.oid;
    answered.insert_or_assign(oid, std::move(object));
  }
  std::vector<LfsUpload> out;
  for (const LfsObject& object : asked) {
    const auto found = answered.find(object.oid);
    if (found == answered.end() || found->second.size != object.size)
      return fail(ErrorKind::invalid_input, "the answer is not about object ",
                  object.oid.to_hex());
    out.push_back(found->second);
  }
  return out;
}

Result<CommitAnswer> parse_commit_answer(ByteView bytes) {
  TRY_ASSIGN(const Json json, parse_json(as_text(bytes)));
  CommitAnswer answer;
  TRY_ASSIGN(const std::string_view oid, string_member(json, "commitOid"));
  const auto id = git::ObjectId::parse_hex(oid);
  if (!id || oid.size() != 40) return malformed("commitOid", "is no commit");
  answer.commit = git::CommitId{*id};
  TRY_ASSIGN(answer.url, optional_string(json, "commitUrl"));
  TRY_ASSIGN(answer.pull_request_url, optional_string(json, "pullRequestUrl"));
  return answer;
}

}  // namespace sigstore::hub
