// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/limits.h"

namespace sigstore::http {

enum class Method : std::uint8_t { get, head, put, post, del };

struct Header {
  std::string name;
  std::string value;
};

struct Request {
  Method method = Method::get;
  std::string url;
  std::vector<Header> headers = {};
  Bytes body = {};
  // A longer answer is an error, before memory is taken for it.
  std::size_t answer_limit = limits::kServiceAnswer;
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
  std::chrono::milliseconds total_timeout = std::chrono::seconds(30);
  // Sent twice it does no more than sent once, or no harm.
  bool repeatable = false;
  // http is for this machine only; true: to this very URL, whatever its host.
  bool plain_http = false;
};

struct Response {
  int status = 0;
  std::vector<Header> headers = {};
  Bytes body = {};

  // The first header of this name, in any case; "" when there is none.
  std::string_view header(std::string_view name) const;
};

}  // namespace sigstore::http
