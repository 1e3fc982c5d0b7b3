// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/test_hub/body_writer.h"
#include "tests/support/test_hub/hub.h"
#include "tests/support/test_hub/lfs_answer.h"
#include "tests/support/test_hub/lfs_store.h"

namespace test_hub {
namespace {

constexpr size_t kPieceSize = 64 * 1024;

/// Part of a file: [begin, end).
struct Span {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  std::uint64_t size() const { return end - begin; }
};

/// A download on its way to the client.
struct Download {
  FileDescriptor file;
  BodyWriter writer;
  Span span;                             // what the header announced
  std::optional<std::uint64_t> cut;      // where truncate stops
  std::optional<std::uint64_t> flipped;  // the byte that corrupt flips
};

// Nothing when the range lies behind the end. cpp-httplib has parsed the
// header, -1 standing for a missing number; several ranges get everything.
std::optional<Span> choose_span(const httplib::Ranges& ranges,
                                std::uint64_t size) {
  if (ranges.size() != 1) return Span{0, size};
  const auto first = static_cast<std::uint64_t>(ranges.front().first);
  const auto last = static_cast<std::uint64_t>(ranges.front().second);
  if (ranges.front().first < 0) {
    if (last == 0 || size == 0) return std::nullopt;
    return Span{size - std::min(last, size), size};
  }
  if (first >= size) return std::nullopt;
  if (ranges.front().second < 0) return Span{first, size};
  if (last < first) return std::nullopt;
  return Span{first, std::min(last, size - 1) + 1};
}

bool send_piece(Download& download, httplib::DataSink& sink) {
  Span& span = download.span;
  const std::uint64_t stop = download.cut.value_or(span.end);
  if (span.begin >= stop) {
    // Ending without the announced bytes, the connection has to break.
    if (download.cut) return false;
    sink.done();
    return true;
  }
  std::array<char, kPieceSize> buffer;
  const auto wanted = std::min<std::uint64_t>(buffer.size(), stop - span.begin);
  const ssize_t count =
      pread(download.file.get(), buffer.data(), static_cast<size_t>(wanted),
            static_cast<off_t>(span.begin));
  if (count <= 0) return false;
  const auto size = static_cast<size_t>(count);
  if (download.flipped && *download.flipped >= span.begin &&
      *download.flipped < span.begin + size) {
    buffer[*download.flipped - span.begin] ^= 1;
  }
  span.begin += size;
  return download.writer.write(sink, {buffer.data(), size});
}

FileDescriptor open_object(Hub& hub, const Target& target) {
  const auto replaced = hub.switches.take("replace-object", target);
  if (replaced) {
    return open_for_reading(replaced->at("path").get<std::string>());
  }
  return open_for_reading(lfs_object_path(hub.root, target.oid));
}

std::optional<std::uint64_t> take_flipped_byte(Hub& hub, const Target& target,
                                               Span span) {
  const auto is_sent = [&](const Switches::Json& settings) {
    const auto offset = settings.at("offset").get<std::uint64_t>();
    return offset >= span.begin && offset < span.end;
  };
  const auto settings = hub.switches.take("corrupt", target, is_sent);
  if (!settings) return std::nullopt;
  return settings->at("offset").get<std::uint64_t>();
}

std::optional<std::uint64_t> take_cut(Hub& hub, const Target& target,
                                      const Span& span) {
  const auto is_shorter = [&](const Switches::Json& settings) {
    return settings.at("after").get<std::uint64_t>() < span.size();
  };
  const auto settings = hub.switches.take("truncate", target, is_shorter);
  if (!settings) return std::nullopt;
  return span.begin + settings->at("after").get<std::uint64_t>();
}

void set_range_headers(httplib::Response& response, const Span& span,
                       std::uint64_t size) {
  response.set_header("Accept-Ranges", "bytes");
  response.set_header("Content-Length", std::to_string(span.size()));
  if (span.size() == size) return;
  response.status = 206;
  response.set_header("Content-Range", "bytes " + std::to_string(span.begin) +
                                           "-" + std::to_string(span.end - 1) +
                                           "/" + std::to_string(size));
}

// Errors have no body here: cpp-httplib would cut it down to the range that
// was asked for.
void answer_download(Hub& hub, const httplib::Request& request,
                     httplib::Response& response) {
  const auto repository = admit(hub, "lfs", request, response);
  if (!repository) return;
  const Target target = {"lfs", repository->full_name(),
                         request.matches[3].str()};
  response.status = 404;
  if (!is_oid(target.oid)) return;
  if (hub.switches.take("not-found", target)) return;
  FileDescriptor file = open_object(hub, target);
  if (!file) return;

  const auto size = static_cast<std::uint64_t>(lseek(file.get(), 0, SEEK_END));
  const auto span = choose_span(request.ranges, size);
  if (!span) {
    response.status = 416;
    response.set_header("Content-Range", "bytes */" + std::to_string(size));
    return;
  }
  response.status = 200;
  set_range_headers(response, *span, size);
  if (request.method == "HEAD" || span->size() == 0) return;
  const auto cut = take_cut(hub, target, *span);
  const auto flipped =
      take_flipped_byte(hub, target, {span->begin, cut.value_or(span->end)});
  // A std::function can be copied, so what it owns has to be shared.
  const auto download = std::make_shared<Download>(
      Download{std::move(file), BodyWriter(hub, request_id(response), target),
               *span, cut, flipped});
  response.set_content_provider("application/octet-stream",
                                [download](size_t, httplib::DataSink& sink) {
                                  return send_piece(*download, sink);
                                });
}

void answer_upload(Hub& hub, const httplib::Request& request,
                   httplib::Response& response,
                   const httplib::ContentReader& read_body) {
  // Read in any case: bytes left over would be taken for the next request.
  LfsUpload upload(hub.spool());
  bool written = true;
  const bool complete = read_body([&](const char* data, size_t size) {
    written = written && upload.write({data, size});
    return true;
  });
  if (!admit(hub, "lfs", request, response)) return;
  const std::string oid = request.matches[3].str();
  if (!is_oid(oid)) return answer_lfs_error(response, 422, "not an oid");
  if (!complete) return answer_lfs_error(response, 400, "incomplete body");
  if (!written) return answer_lfs_error(response, 500, "cannot be written");
  using enum LfsUpload::Outcome;
  switch (upload.store(hub.root, oid)) {
    case stored:
      response.status = 200;
      return;
    case wrong_hash:
      return answer_lfs_error(response, 422, "content does not match the oid");
    case failed:
      return answer_lfs_error(response, 500, "cannot be stored");
  }
}

}  // namespace

void add_lfs_transfer_routes(httplib::Server& server, Hub& hub) {
  const char* const pattern = R"(/([^/]+)/([^/]+)/info/lfs/objects/([^/]+))";
  server.Get(pattern, [&hub](const httplib::Request& request,
                             httplib::Response& response) {
    answer_download(hub, request, response);
  });
  server.Put(pattern, [&hub](const httplib::Request& request,
                             httplib::Response& response,
                             const httplib::ContentReader& read_body) {
    answer_upload(hub, request, response, read_body);
  });
}

}  // namespace test_hub
