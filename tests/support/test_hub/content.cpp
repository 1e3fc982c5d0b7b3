// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/content.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "tests/support/test_hub/body_writer.h"
#include "tests/support/test_hub/lfs_answer.h"
#include "tests/support/test_hub/lfs_store.h"
#include "tests/support/test_hub/process.h"

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
  Span span;                             // what is sent
  std::optional<std::uint64_t> cut;      // where truncate stops
  std::optional<std::uint64_t> flipped;  // the byte that corrupt flips
};

/// How to answer, once the faults had their say.
struct Plan {
  Span span;
  std::uint64_t size = 0;  // of the file
  bool is_partial = false;
  bool has_length = true;
};

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

// RFC 9110 14.1.2. Everything for what is no single range; nothing when it
// cannot be satisfied.
std::optional<Plan> choose_span(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  const Plan all = {.span = {0, size}, .size = size};
  const auto part = [&](std::uint64_t begin, std::uint64_t end) {
    return Plan{.span = {begin, end}, .size = size, .is_partial = true};
  };
  if (!header.starts_with(kUnit)) return all;
  header.remove_prefix(kUnit.size());
  const size_t dash = header.find('-');
  if (dash == std::string_view::npos) return all;
  const auto first = parse_number(header.substr(0, dash));
  const auto last = parse_number(header.substr(dash + 1));
  if (dash == 0 && last) {
    if (*last == 0 || size == 0) return std::nullopt;
    return part(size - std::min(*last, size), size);
  }
  if (!first || (!last && dash + 1 < header.size())) return all;
  if (*first >= size) return std::nullopt;
  if (!last) return part(*first, size);
  if (*last < *first) return all;
  return part(*first, std::min(*last, size - 1) + 1);
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
  const auto wanted = static_cast<size_t>(
      std::min<std::uint64_t>(buffer.size(), stop - span.begin));
  const ssize_t count = pread(download.file.get(), buffer.data(), wanted,
                              static_cast<off_t>(span.begin));
  if (count < 0) return false;
  auto size = static_cast<size_t>(count);
  if (size == 0) {  // too-long: there is no more than this
    size = wanted;
    std::fill_n(buffer.begin(), size, 'x');
  }
  if (download.flipped && *download.flipped >= span.begin &&
      *download.flipped < span.begin + size) {
    buffer[*download.flipped - span.begin] ^= 1;
  }
  span.begin += size;
  return download.writer.write(sink, {buffer.data(), size});
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

void compress(Hub& hub, Content& content, httplib::Response& response) {
  if (!hub.switches.take("encode-gzip", content.target)) return;
  FileDescriptor output = make_anonymous_file(hub.spool());
  lseek(content.file.get(), 0, SEEK_SET);
  auto gzip = Process::start({.arguments = {"gzip", "-c"},
                              .environment = git_environment("", {}),
                              .input = content.file.get(),
                              .output = output.get()});
  if (!gzip || !gzip->wait()) return;
  content.file = std::move(output);
  response.set_header("Content-Encoding", "gzip");
}

void set_headers(Hub& hub, const Target& target, const Plan& plan,
                 httplib::Response& response) {
  response.set_header("Accept-Ranges", "bytes");
  if (plan.has_length) {
    response.set_header("Content-Length", std::to_string(plan.span.size()));
  }
  response.status = plan.is_partial ? 206 : 200;
  if (!plan.is_partial) return;
  Span shown = {plan.span.begin, std::min(plan.span.end, plan.size)};
  std::uint64_t total = plan.size;
  if (const auto wrong = hub.switches.take("wrong-range", target)) {
    shown.begin += wrong->at("start").get<std::uint64_t>();
    shown.end += wrong->at("start").get<std::uint64_t>();
    total += wrong->at("total").get<std::uint64_t>();
  }
  response.set_header("Content-Range", "bytes " + std::to_string(shown.begin) +
                                           "-" + std::to_string(shown.end - 1) +
                                           "/" + std::to_string(total));
}

// Nothing when 416 is the answer.
std::optional<Plan> make_plan(Hub& hub, const Content& content,
                              const httplib::Request& request,
                              httplib::Response& response) {
  const auto size =
      static_cast<std::uint64_t>(lseek(content.file.get(), 0, SEEK_END));
  std::string range = request.get_header_value("Range");
  if (!range.empty() && hub.switches.take("ignore-range", content.target)) {
    range.clear();
  }
  auto plan = choose_span(range, size);
  if (!plan) {
    response.status = 416;
    response.set_header("Content-Range", "bytes */" + std::to_string(size));
    return std::nullopt;
  }
  if (const auto longer = hub.switches.take("too-long", content.target)) {
    plan->span.end += longer->at("bytes").get<std::uint64_t>();
    plan->has_length = longer->at("announced").get<bool>();
  }
  return plan;
}

}  // namespace

FileDescriptor open_lfs_content(Hub& hub, const Target& target) {
  const auto replaced = hub.switches.take("replace-object", target);
  if (replaced) {
    return open_for_reading(replaced->at("path").get<std::string>());
  }
  return open_for_reading(lfs_object_path(hub.root, target.oid));
}

void receive_lfs_content(Hub& hub, const std::string& oid,
                         const httplib::ContentReader& read_body,
                         httplib::Response& response,
                         const std::function<bool()>& may_store) {
  LfsUpload upload(hub.spool());
  bool written = true;
  const bool complete = read_body([&](const char* data, size_t size) {
    written = written && upload.write({data, size});
    return true;
  });
  if (!may_store()) return;
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

void answer_content(Hub& hub, Content content, const httplib::Request& request,
                    httplib::Response& response) {
  const bool is_head = request.method == "HEAD";
  if (!is_head) compress(hub, content, response);
  const auto plan = make_plan(hub, content, request, response);
  if (!plan) return;
  set_headers(hub, content.target, *plan, response);
  const Span span = plan->span;
  if (is_head || span.size() == 0) return;
  const auto cut = take_cut(hub, content.target, span);
  const auto flipped = take_flipped_byte(hub, content.target,
                                         {span.begin, cut.value_or(span.end)});
  // A std::function can be copied, so what it owns has to be shared.
  const auto download = std::make_shared<Download>(
      Download{std::move(content.file),
               BodyWriter(hub, request_id(response), content.target), span, cut,
               flipped});
  const auto provider = [download](size_t, httplib::DataSink& sink) {
    return send_piece(*download, sink);
  };
  if (plan->has_length) {
    response.set_content_provider(content.type, provider);
  } else {
    response.set_chunked_content_provider(content.type, provider);
  }
}

}  // namespace test_hub
