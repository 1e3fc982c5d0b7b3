// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/file.h"
#include "core/base/result.h"

namespace sigstore {

// What git's transport prints, the server's messages among it, on the way to
// our stderr: control characters other than line ends and tabs are escaped. A
// child process of its own does the copying, so that prompts and progress
// appear at once, whatever we are waiting for.
class StderrFilter {
 public:
  static Result<StderrFilter> start();

  // For a child's stderr; close_input() once all children have it.
  int input() const { return input_.get(); }
  void close_input() { input_.reset(); }
  // Until all was copied, or for a second: a daemon that the transport left
  // behind may keep the pipe open.
  void wait() const;

 private:
  StderrFilter(FileDescriptor input, FileDescriptor done)
      : input_(std::move(input)), done_(std::move(done)) {}
  FileDescriptor input_;
  FileDescriptor done_;  // ends when the copying process does
};

// The part of `pending` that can be printed now, made printable; what may be
// the start of a longer character stays. Pure.
std::string take_printable(std::string& pending);

}  // namespace sigstore
