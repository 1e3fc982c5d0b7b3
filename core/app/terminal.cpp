// SPDX-License-Identifier: Apache-2.0
#include "core/app/terminal.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/app/explain.h"
#include "core/base/encoding.h"
#include "core/base/json.h"

namespace sigstore {
namespace {

constexpr std::size_t kLongestLine = 2000;

void write_line(const std::string& line) {
  // One call a line: lines of two processes must not mix.
  const std::string text = line + "\n";
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace

std::string one_line(std::string_view message) {
  const bool cut = message.size() > kLongestLine;
  std::string line = printable(message.substr(0, kLongestLine));
  return cut ? line + "..." : line;
}

std::string human_size(std::uint64_t bytes) {
  constexpr std::array<const char*, 6> kUnits{"bytes", "kB", "MB",
                                              "GB",    "TB", "PB"};
  if (bytes < 1000) return concat(bytes, " bytes");
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", value, kUnits[unit]);
  return text.data();
}

void print_line(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
}

ExitCode close_output(ExitCode exit) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit;
  write_line("cannot write the result to standard output");
  return ExitCode::could_not_tell;
}

std::string error_json(const Error& error, const Trace* explain) {
  nlohmann::json value = {{"ok", false},
                          {"kind", kind_name(error.kind)},
                          {"message", error.message},
                          {"details", error.details}};
  if (explain != nullptr) value["trace"] = trace_json(*explain);
  return dump_json(value);
}

Terminal::Terminal(std::string name)
    : name_(std::move(name)), is_terminal_(isatty(STDERR_FILENO) == 1) {
  const char* no_color = std::getenv("NO_COLOR");
  colour_ = is_terminal_ && (no_color == nullptr || *no_color == '\0');
}

void Terminal::say(std::string_view message) const {
  if (!quiet_) write_line(name_ + ": " + one_line(message));
}

void Terminal::relay(std::string_view line) const {
  if (!quiet_) write_line(one_line(line));
}

void Terminal::warn(std::string_view message) const {
  const std::string_view label =
      colour_ ? "\x1b[33mwarning:\x1b[0m " : "warning: ";
  write_line(concat(name_, ": ", label, one_line(message)));
}

void Terminal::report(const Error& error) const {
  write_line(concat(name_, ": ", colour_ ? "\x1b[31m" : "",
                    one_line(error.message), colour_ ? "\x1b[0m" : ""));
  for (const std::string& detail : error.details)
    write_line("  " + one_line(detail));
}

void Terminal::progress(std::string_view what, std::uint64_t done,
                        std::uint64_t total) const {
  const auto now = std::chrono::steady_clock::now();
  if (!is_terminal_ || now - last_drawn_ < std::chrono::milliseconds(100))
    return;
  last_drawn_ = now;
  const std::uint64_t percent = total == 0 ? 100 : done * 100 / total;
  const std::string line = concat("\r", name_, ": ", what, " ", percent,
                                  "% of ", human_size(total), "\x1b[K");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void Terminal::end_progress() const {
  if (is_terminal_ && last_drawn_ != decltype(last_drawn_){})
    std::fputs("\r\x1b[K", stderr);
}

}  // namespace sigstore
