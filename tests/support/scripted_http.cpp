// SPDX-License-Identifier: Apache-2.0
#include "tests/support/scripted_http.h"

#include <utility>

using sigstore::Result;
using sigstore::http::Request;
using sigstore::http::Response;

std::vector<Result<Response>> ScriptedHttp::send_all(
    std::span<const Request> requests) {
  rounds.push_back(requests.size());
  std::vector<Result<Response>> answers;
  for (const Request& request : requests) {
    sent.push_back(request);
    answers.push_back(answer_(request));
  }
  return answers;
}

Response http_answer(int status, std::string_view body, std::string name,
                     std::string value) {
  Response response;
  response.status = status;
  response.body = sigstore::to_bytes(body);
  if (!name.empty())
    response.headers.push_back({std::move(name), std::move(value)});
  return response;
}
