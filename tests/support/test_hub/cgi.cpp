// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/cgi.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace test_hub {
namespace {

constexpr size_t kMaxHeaderBytes = 64 * 1024;
constexpr std::string_view kHeaderEnd = "\r\n\r\n";

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

ssize_t read_some(int fd, std::span<char> buffer) {
  ssize_t count = -1;
  do {
    count = read(fd, buffer.data(), buffer.size());
  } while (count < 0 && errno == EINTR);
  return count;
}

}  // namespace

std::optional<Cgi> Cgi::start(Process::Start start) {
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  start.output = writing.get();
  auto process = Process::start(start);
  if (!process) return std::nullopt;

  Cgi cgi(std::move(*process), std::move(reading));
  // While we hold the writing end ourselves, the pipe has no end.
  writing.reset();
  if (!cgi.read_header()) return std::nullopt;
  return cgi;
}

bool Cgi::read_header() {
  std::array<char, 4096> buffer;
  size_t end = std::string::npos;
  while ((end = pending_.find(kHeaderEnd)) == std::string::npos) {
    const ssize_t count = read_some(output_.get(), buffer);
    if (count <= 0 || pending_.size() > kMaxHeaderBytes) return false;
    pending_.append(buffer.data(), static_cast<size_t>(count));
  }
  std::string_view rest = std::string_view(pending_).substr(0, end);
  while (!rest.empty()) {
    const size_t line_end = std::min(rest.find('\n'), rest.size());
    parse_header_line(trim(rest.substr(0, line_end)));
    rest.remove_prefix(std::min(line_end + 1, rest.size()));
  }
  pending_.erase(0, end + kHeaderEnd.size());
  return true;
}

void Cgi::parse_header_line(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  // RFC 3875 6.3.3: "Status" carries the code and is not sent as a header.
  if (name == "Status") {
    std::from_chars(value.data(), value.data() + value.size(), status_);
    return;
  }
  headers_.emplace_back(name, value);
}

ssize_t Cgi::read(std::span<char> buffer) {
  if (pending_.empty()) return read_some(output_.get(), buffer);
  const size_t count = std::min(buffer.size(), pending_.size());
  std::copy_n(pending_.begin(), count, buffer.begin());
  pending_.erase(0, count);
  return static_cast<ssize_t>(count);
}

}  // namespace test_hub
