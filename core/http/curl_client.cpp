// SPDX-License-Identifier: Apache-2.0
#include "core/http/curl_client.h"

#include <optional>
#include <utility>

#include "core/http/curl_transfer.h"

namespace sigstore::http {
namespace {

// One request on its way.
struct Transfer {
  explicit Transfer(const Request& asked) : request(asked) {}

  const Request& request;
  CurlTransfer transfer = {};
  HeaderLines lines = {};
  Response response = {};
  bool too_long = false;
  std::optional<Error> error = std::nullopt;
};

std::size_t take_body(char* data, std::size_t, std::size_t size,
                      void* user) noexcept {
  auto* transfer = static_cast<Transfer*>(user);
  Bytes& body = transfer->response.body;
  if (size > transfer->request.answer_limit - body.size()) {
    transfer->too_long = true;
    return CURL_WRITEFUNC_ERROR;
  }
  body.insert(body.end(), data, data + size);
  return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size,
                        void* user) noexcept {
  auto* transfer = static_cast<Transfer*>(user);
  if (transfer->lines.take({data, size})) return size;
  transfer->too_long = true;
  return CURL_WRITEFUNC_ERROR;
}

Result<void> prepare(Transfer& one, const CurlOptions& options) {
  const Request& request = one.request;
  CurlTransfer& transfer = one.transfer;
  TRY(transfer.open({request.method, request.url, request.headers,
                     request.connect_timeout, request.plain_http},
                    options));
  const bool has_body = request.method == Method::post || !request.body.empty();
  if (has_body) {
    transfer.set(CURLOPT_POSTFIELDSIZE_LARGE,
                 static_cast<curl_off_t>(request.body.size()));
    transfer.set(CURLOPT_POSTFIELDS, as_text(request.body).data());  // no copy
  }
  transfer.set(CURLOPT_TIMEOUT_MS,
               static_cast<long>(request.total_timeout.count()));
  transfer.set(CURLOPT_PRIVATE, &one);
  transfer.set(CURLOPT_WRITEFUNCTION, take_body);
  transfer.set(CURLOPT_WRITEDATA, &one);
  transfer.set(CURLOPT_HEADERFUNCTION, take_header);
  transfer.set(CURLOPT_HEADERDATA, &one);
  return {};
}

void finish(Transfer& one, CURLcode code) {
  if (code == CURLE_OK) {
    one.response.status = one.transfer.status();
    one.response.headers = std::move(one.lines.headers);
    return;
  }
  one.error =
      one.too_long ? one.transfer.too_long() : one.transfer.error_of(code);
}

Result<Response> answer_of(Transfer& transfer) {
  if (transfer.error) return std::move(*transfer.error);
  return std::move(transfer.response);
}

}  // namespace

// In this order: handles go before the library.
struct CurlClient::State {
  LibraryUse library;
  MultiHandle multi;  // keeps the connections
  CurlOptions options;

  void run(std::span<const std::unique_ptr<Transfer>> transfers);
  void collect();
};

void CurlClient::State::collect() {
  int left = 0;
  while (const CURLMsg* message = curl().multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Transfer* transfer = nullptr;
    curl().easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    finish(*transfer, message->data.result);
  }
}

void CurlClient::State::run(
    std::span<const std::unique_ptr<Transfer>> transfers) {
  int running = 0;
  CURLMcode code = CURLM_OK;
  do {
    code = curl().multi_perform(multi.get(), &running);
    if (code == CURLM_OK && running > 0)
      code = curl().multi_poll(multi.get(), nullptr, 0, 1000, nullptr);
  } while (code == CURLM_OK && running > 0);
  collect();
  for (const auto& transfer : transfers) {
    if (!transfer->transfer.is_open()) continue;
    curl().multi_remove_handle(multi.get(), transfer->transfer.easy());
    if (code != CURLM_OK && !transfer->error)
      transfer->error =
          fail(ErrorKind::internal, "libcurl: ", curl().multi_strerror(code));
  }
}

CurlClient::CurlClient(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
CurlClient::~CurlClient() = default;

Result<std::unique_ptr<CurlClient>> CurlClient::create(CurlOptions options) {
  TRY(load_curl());
  auto state = std::make_unique<State>();
  state->multi.reset(curl().multi_init());
  state->options = std::move(options);
  if (state->library.code != CURLE_OK || !state->multi)
    return fail(ErrorKind::internal, "cannot use libcurl");
  return std::unique_ptr<CurlClient>(new CurlClient(std::move(state)));
}

std::vector<Result<Response>> CurlClient::send_all(
    std::span<const Request> requests) {
  std::vector<std::unique_ptr<Transfer>> transfers;
  for (const Request& request : requests) {
    auto transfer = std::make_unique<Transfer>(request);
    if (Result<void> ready = prepare(*transfer, state_->options); !ready.ok()) {
      transfer->error = std::move(ready).error();
      transfer->transfer.close();
    } else {
      curl().multi_add_handle(state_->multi.get(), transfer->transfer.easy());
    }
    transfers.push_back(std::move(transfer));
  }
  state_->run(transfers);
  std::vector<Result<Response>> answers;
  for (const auto& transfer : transfers)
    answers.push_back(answer_of(*transfer));
  return answers;
}

}  // namespace sigstore::http
