// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <optional>
#include <span>
#include <string>

namespace test_hub {

struct Options {
  std::string root;
  int port = 0;  // 0 is any free one
  std::string port_file;
  int ready_fd = -1;
  std::string log_file;
  std::string cdn_url;  // who serves content in the place of the second origin
  bool dies_with_parent = false;
};

/// The command line without the program's name; nothing when it is wrong.
std::optional<Options> parse_options(std::span<char* const> arguments);

/// How to call the program.
const char* usage();

}  // namespace test_hub
