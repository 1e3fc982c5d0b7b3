// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/http/client.h"

// A network in memory: `answer` is asked for each request, in turn.
class ScriptedHttp final : public sigstore::http::Client {
 public:
  using Answer = std::function<sigstore::Result<sigstore::http::Response>(
      const sigstore::http::Request&)>;

  explicit ScriptedHttp(Answer answer) : answer_(std::move(answer)) {}

  std::vector<sigstore::Result<sigstore::http::Response>> send_all(
      std::span<const sigstore::http::Request> requests) override;

  // What was sent, and how many of them at once.
  std::vector<sigstore::http::Request> sent;
  std::vector<std::size_t> rounds;

 private:
  Answer answer_;
};

// An answer with this status, body and header "name: value".
sigstore::http::Response http_answer(int status, std::string_view body = "",
                                     std::string name = "",
                                     std::string value = "");
