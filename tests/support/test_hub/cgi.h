// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/test_hub/file.h"
#include "tests/support/test_hub/process.h"

namespace test_hub {

/// A running CGI program (RFC 3875) whose answer is read piece by piece.
class Cgi {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  /// Starts the program, its output being ours, and reads its header.
  /// Nothing when it cannot be started or ends before the header does.
  static std::optional<Cgi> start(Process::Start start);

  int status() const { return status_; }
  const Headers& headers() const { return headers_; }

  /// Next bytes of the body: their number, 0 at the end, -1 on error.
  ssize_t read(std::span<char> buffer);

 private:
  Cgi(Process process, FileDescriptor output)
      : process_(std::move(process)), output_(std::move(output)) {}

  bool read_header();
  void parse_header_line(std::string_view line);

  // In this order: the pipe closes before the process is waited for, or a
  // program that still writes would be waited for without end.
  Process process_;
  FileDescriptor output_;
  int status_ = 200;
  Headers headers_;
  std::string pending_;  // body bytes that came with the header
};

}  // namespace test_hub
