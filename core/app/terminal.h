// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/app/exit_code.h"
#include "core/base/result.h"
#include "core/base/trace.h"

namespace sigstore {

// The voice on stderr: one line a message, control characters escaped, cut
// where a line would flood the screen. Colour and progress only on a terminal
// and without NO_COLOR.
class Terminal {
 public:
  // `name` stands in front of each line: "sigstore", "hf-sigstore".
  explicit Terminal(std::string name);

  // Only warnings and errors from here on.
  void set_quiet() { quiet_ = true; }

  void say(std::string_view message) const;
  void warn(std::string_view message) const;
  // What another program said, without our name in front.
  void relay(std::string_view line) const;
  // The message and its details, a line each.
  void report(const Error& error) const;

  // A line that is drawn over; nothing when stderr is no terminal.
  void progress(std::string_view what, std::uint64_t done,
                std::uint64_t total) const;
  void end_progress() const;

 private:
  std::string name_;
  bool is_terminal_ = false;
  bool colour_ = false;
  bool quiet_ = false;
  mutable std::chrono::steady_clock::time_point last_drawn_{};
};

// A message fit for one line of a terminal or protocol.
std::string one_line(std::string_view message);

// "812.4 GB", decimal units.
std::string human_size(std::uint64_t bytes);

// Writes `text` and a newline to stdout.
void print_line(std::string_view text);

// Ends stdout: a result that could not be written is no success.
ExitCode close_output(ExitCode exit);

// How a command that was asked for JSON says what went wrong:
// {"ok": false, "kind": ..., "message": ..., "details": [...]}, and "trace"
// (core/app/explain.h) where it was asked for.
std::string error_json(const Error& error, const Trace* explain = nullptr);

}  // namespace sigstore
