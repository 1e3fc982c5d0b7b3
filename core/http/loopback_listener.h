// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "core/base/file.h"
#include "core/base/result.h"
#include "core/http/request_head.h"

namespace sigstore::http {

// What the browser is shown.
struct Page {
  int status = 200;
  std::string html;
  bool last = false;  // nothing is answered after it
};

// A web server on a free port of 127.0.0.1 for the one request that an
// identity provider sends a browser back with (RFC 8252 section 7.3). A
// browser opens connections ahead of time and asks for icons, so a few stand
// side by side; each has one short request, and no body.
class LoopbackListener {
 public:
  static Result<LoopbackListener> open();

  std::uint16_t port() const { return port_; }

  // Answers until a page is the last one, and closes the port. `network` when
  // the deadline passes.
  using Handler = std::function<Page(const RequestHead&)>;
  Result<void> serve(const Handler& handler,
                     std::chrono::steady_clock::time_point deadline);

 private:
  LoopbackListener(FileDescriptor listening, std::uint16_t port)
      : listening_(std::move(listening)), port_(port) {}

  FileDescriptor listening_;
  std::uint16_t port_;
};

}  // namespace sigstore::http
