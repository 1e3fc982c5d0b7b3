// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/answers.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/app/terminal.h"
#include "core/base/json.h"
#include "core/base/limits.h"

namespace sigstore::hub {
namespace {

constexpr std::size_t kPart = 256 * limits::kKiB;
// Whatever a repository holds, it is nobody's page on this origin.
constexpr char kBytes[] = "application/octet-stream";

}  // namespace

Refusal refusal_of(const Error& error) {
  std::string message = one_line(error.message);
  const auto says = [&](std::string_view words) {
    return message.find(words) != std::string::npos;
  };
  switch (error.kind) {
    case ErrorKind::not_found:
      return {404, message,
              says("no such branch") ? "RevisionNotFound" : "RepoNotFound"};
    case ErrorKind::unauthorized:
      if (says("gated")) return {403, message, "GatedRepo"};
      return {401, message};
    case ErrorKind::network:
      return {502, message};
    case ErrorKind::io:
    case ErrorKind::internal:
      return {500, message};
    default:
      return {403, message};
  }
}

void answer_page(httplib::Response& response, const std::string& text,
                 const char* type) {
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Content-Security-Policy",
                      "default-src 'none'; style-src 'unsafe-inline'; "
                      "form-action 'none'; frame-ancestors 'none'");
  response.set_header("Cache-Control", "no-store");
  response.set_content(text, type);
}

void answer_refusal(httplib::Response& response, const Refusal& refusal) {
  response.status = refusal.status;
  response.set_header("X-Error-Message", refusal.message);
  if (!refusal.code.empty()) response.set_header("X-Error-Code", refusal.code);
  answer_page(response, dump_json({{"error", refusal.message}}),
              "application/json");
}

void answer_with(httplib::Response& response, const http::Response& answer) {
  response.status = answer.status;
  const std::string type(answer.header("Content-Type"));
  for (const http::Header& header : answer.headers)
    if (header.name != "Content-Type")
      response.set_header(header.name, header.value);
  response.set_content(std::string(as_text(answer.body)),
                       type.empty() ? "application/json" : type);
}

void describe_file(httplib::Response& response, const Release& release) {
  response.set_header("X-Repo-Commit", release.commit.id.to_hex());
  if (!release.file) return;
  const std::string etag = concat("\"", release.file->etag(), "\"");
  response.set_header("ETag", etag);
  response.set_header("Accept-Ranges", "bytes");
  response.set_header("X-Content-Type-Options", "nosniff");
  if (!release.file->sha256) return;
  response.set_header("X-Linked-Etag", etag);
  response.set_header("X-Linked-Size", std::to_string(release.file->size));
}

void answer_length(httplib::Response& response, std::uint64_t size) {
  // A provider without a byte is none.
  if (size == 0) return response.set_content("", kBytes);
  response.set_content_provider(
      static_cast<std::size_t>(size), kBytes,
      [](std::size_t, std::size_t, httplib::DataSink&) { return false; });
}

void answer_bytes(httplib::Response& response, FileDescriptor file,
                  ByteRange range, std::function<void()> sent) {
  if (range.size() == 0) {
    sent();
    return response.set_content("", kBytes);
  }
  // The answer is never copied, but what it holds must be able to be.
  const int fd = file.release();
  response.set_content_provider(
      static_cast<std::size_t>(range.size()), kBytes,
      [fd, start = range.start](std::size_t offset, std::size_t length,
                                httplib::DataSink& sink) {
        Bytes part(std::min(kPart, length));
        const ssize_t got = pread(fd, part.data(), part.size(),
                                  static_cast<off_t>(start + offset));
        return got > 0 && sink.write(reinterpret_cast<char*>(part.data()),
                                     static_cast<std::size_t>(got));
      },
      [fd, sent = std::move(sent)](bool whole) {
        close(fd);
        if (whole) sent();
      });
}

}  // namespace sigstore::hub
