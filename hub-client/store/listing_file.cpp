// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/listing_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/json.h"
#include "core/base/limits.h"

namespace sigstore::hub {
namespace {

constexpr int kFormatVersion = 1;

// As Python's json.dumps writes it: everything but ASCII as \uXXXX.
std::string quote(const std::string& text) {
  return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string write_file(const ListedFile& file) {
  std::string out =
      concat("  ", quote(file.path), ": {\n   \"size\": ", file.size,
             ",\n   \"blob_id\": ", quote(file.blob_id));
  if (file.sha256)
    out += concat(",\n   \"lfs_sha256\": ", quote(file.sha256->to_hex()),
                  ",\n   \"lfs_size\": ", file.size);
  if (!file.xet_hash.empty())
    out += concat(",\n   \"xet_hash\": ", quote(file.xet_hash));
  return out + "\n  }";
}

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

Result<ListedFile> parse_file(const std::string& path, const Json& entry) {
  ListedFile file;
  file.path = path;
  TRY_ASSIGN(const std::int64_t size, int64_member(entry, "size"));
  file.size = static_cast<std::uint64_t>(size);
  TRY_ASSIGN(file.blob_id, optional_string(entry, "blob_id"));
  if (!is_hex(file.blob_id, 40))
    return fail(ErrorKind::invalid_input, "blob_id is no name of a blob");
  TRY_ASSIGN(const std::string sha256, optional_string(entry, "lfs_sha256"));
  file.sha256 = Sha256Digest::parse_hex(sha256);
  if (!file.sha256 && !sha256.empty())
    return fail(ErrorKind::invalid_input, "lfs_sha256 is no digest");
  if (find_member(entry, "size") == nullptr)
    return fail(ErrorKind::invalid_input, "size is missing");
  // The content's, where a listing has the pointer's beside it.
  if (file.sha256 && find_member(entry, "lfs_size") != nullptr) {
    TRY_ASSIGN(const std::int64_t content, int64_member(entry, "lfs_size"));
    file.size = static_cast<std::uint64_t>(content);
  }
  TRY_ASSIGN(file.xet_hash, optional_string(entry, "xet_hash"));
  if (!file.xet_hash.empty() && !is_hex(file.xet_hash, 64))
    return fail(ErrorKind::invalid_input, "xet_hash is no hash");
  return file;
}

}  // namespace

std::string write_listing(const Listing& listing) {
  std::string out =
      concat("{\n \"format_version\": ", kFormatVersion, ",\n \"files\": {");
  bool first = true;
  for (const ListedFile& file : listing.files) {
    out += concat(first ? "\n" : ",\n", write_file(file));
    first = false;
  }
  return out + (first ? "}\n}" : "\n }\n}");
}

Result<std::optional<Listing>> parse_listing(std::string_view text,
                                             const git::CommitId& commit) {
  if (text.size() > limits::kTreeObject)
    return fail(ErrorKind::invalid_input, "a listing of more than ",
                limits::kTreeObject, " bytes");
  TRY_ASSIGN(const Json document, parse_json(text));
  const Json* version = find_member(document, "format_version");
  if (version == nullptr || !version->is_number_integer())
    return fail(ErrorKind::invalid_input, "a listing without format_version");
  if (*version != kFormatVersion) return std::optional<Listing>();
  TRY_ASSIGN(const Json* files, object_member(document, "files"));
  if (files->size() > limits::kTreeEntries)
    return fail(ErrorKind::invalid_input, "a listing of more than ",
                limits::kTreeEntries, " files");
  Listing listing{commit, {}};
  listing.files.reserve(files->size());
  for (const auto& [path, entry] : files->items()) {
    Result<ListedFile> file = parse_file(path, entry);
    if (!file.ok())
      return std::move(file).error().context(concat("file ", path));
    listing.files.push_back(std::move(*file));
  }
  std::sort(
      listing.files.begin(), listing.files.end(),
      [](const ListedFile& a, const ListedFile& b) { return a.path < b.path; });
  return std::optional<Listing>(std::move(listing));
}

}  // namespace sigstore::hub
