// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/options.h"

#include <charconv>
#include <string_view>
#include <system_error>

namespace test_hub {
namespace {

std::optional<int> parse_number(std::string_view text, int largest) {
  int number = -1;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  if (number < 0 || number > largest) return std::nullopt;
  return number;
}

bool set_number(std::string_view text, int largest, int& number) {
  const auto parsed = parse_number(text, largest);
  if (parsed) number = *parsed;
  return parsed.has_value();
}

bool set_option(Options& options, std::string_view name,
                std::string_view value) {
  if (name == "--root") {
    options.root = value;
  } else if (name == "--port-file") {
    options.port_file = value;
  } else if (name == "--log") {
    options.log_file = value;
  } else if (name == "--cdn-url") {
    options.cdn_url = value;
  } else if (name == "--port") {
    return set_number(value, 65535, options.port);
  } else if (name == "--ready-fd") {
    return set_number(value, 1023, options.ready_fd);
  } else {
    return false;
  }
  return !value.empty();
}

}  // namespace

std::optional<Options> parse_options(std::span<char* const> arguments) {
  Options options;
  while (!arguments.empty()) {
    const std::string_view name = arguments.front();
    if (name == "--die-with-parent") {
      options.dies_with_parent = true;
      arguments = arguments.subspan(1);
      continue;
    }
    if (arguments.size() < 2) return std::nullopt;
    if (!set_option(options, name, arguments[1])) return std::nullopt;
    arguments = arguments.subspan(2);
  }
  if (options.root.empty()) return std::nullopt;
  return options;
}

const char* usage() {
  return "usage: test-hub --root DIR [--port N] [--port-file FILE]\n"
         "                [--ready-fd N] [--log FILE] [--die-with-parent]\n"
         "                [--cdn-url URL]\n";
}

}  // namespace test_hub
