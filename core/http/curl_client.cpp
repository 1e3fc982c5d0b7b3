// SPDX-License-Identifier: Apache-2.0
#include "core/http/curl_client.h"

#include <array>
#include <optional>
#include <utility>

#include "core/base/handle.h"
#include "core/http/curl_library.h"
#include "core/http/url.h"

namespace sigstore::http {
namespace {

void free_easy(CURL* easy) { curl().easy_cleanup(easy); }
void free_multi(CURLM* multi) { curl().multi_cleanup(multi); }
void free_list(curl_slist* list) { curl().slist_free_all(list); }

using EasyHandle = Handle<CURL, free_easy>;
using MultiHandle = Handle<CURLM, free_multi>;
using ListHandle = Handle<curl_slist, free_list>;

// libcurl counts these calls; it is ready while one is open.
struct LibraryUse {
  CURLcode code = curl().global_init(CURL_GLOBAL_DEFAULT);
  LibraryUse() = default;
  LibraryUse(const LibraryUse&) = delete;
  LibraryUse& operator=(const LibraryUse&) = delete;
  ~LibraryUse() {
    if (code == CURLE_OK) curl().global_cleanup();
  }
};

// One request on its way.
struct Transfer {
  explicit Transfer(const Request& asked) : request(asked) {}

  const Request& request;
  std::string origin;
  EasyHandle easy;
  ListHandle headers;
  std::array<char, CURL_ERROR_SIZE> reason{};
  Response response;
  std::size_t header_bytes = 0;
  bool too_long = false;
  std::optional<Error> error;
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

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::size_t take_header(char* data, std::size_t, std::size_t size,
                        void* user) noexcept {
  auto* transfer = static_cast<Transfer*>(user);
  const std::string_view line(data, size);
  transfer->header_bytes += size;
  if (transfer->header_bytes > limits::kHttpHeaders) {
    transfer->too_long = true;
    return CURL_WRITEFUNC_ERROR;
  }
  // A status line: of the answer, after those of a proxy and of "100".
  if (line.starts_with("HTTP/")) transfer->response.headers.clear();
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos)
    transfer->response.headers.push_back(
        {std::string(trimmed(line.substr(0, colon))),
         std::string(trimmed(line.substr(colon + 1)))});
  return size;
}

// A line break in a value would be a header of its own.
Result<ListHandle> make_headers(const Request& request) {
  std::vector<std::string> lines{"Expect:"};
  for (const Header& header : request.headers)
    lines.push_back(concat(header.name, ": ", header.value));
  ListHandle list;
  for (const std::string& line : lines) {
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      return fail(ErrorKind::invalid_input, "malformed request header");
    curl_slist* longer = curl().slist_append(list.get(), line.c_str());
    if (longer == nullptr) return fail(ErrorKind::internal, "out of memory");
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

Result<void> check_scheme(const Url& url, const Request& request) {
  if (url.is_tls || url.is_loopback() || request.plain_http) return {};
  return fail(ErrorKind::invalid_input,
              "http is only for services on this machine, use https");
}

void set_request(Transfer& transfer, const Url& url) {
  CURL* easy = transfer.easy.get();
  const Request& request = transfer.request;
  curl().easy_setopt(easy, CURLOPT_URL, url.text().c_str());
  curl().easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
                     url.is_tls ? "https" : "http");
  // What is for this machine does not leave it.
  if (url.is_loopback()) curl().easy_setopt(easy, CURLOPT_PROXY, "");
  if (request.method == Method::post) {
    curl().easy_setopt(easy, CURLOPT_POST, 1L);
    curl().easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
    curl().easy_setopt(easy, CURLOPT_POSTFIELDS,
                       as_text(request.body).data());  // not copied
  }
  curl().easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
  curl().easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(request.connect_timeout.count()));
  curl().easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     static_cast<long>(request.total_timeout.count()));
}

void set_common(Transfer& transfer, const CurlOptions& options) {
  CURL* easy = transfer.easy.get();
  curl().easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  curl().easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.reason.data());
  curl().easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl().easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl().easy_setopt(easy, CURLOPT_SSLVERSION,
                     static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl().easy_setopt(easy, CURLOPT_USERAGENT, "hf-sigstore/" SIGSTORE_VERSION);
  curl().easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl().easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl().easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl().easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  if (!options.ca_file.empty())
    curl().easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.ca_folder.empty())
    curl().easy_setopt(easy, CURLOPT_CAPATH, options.ca_folder.c_str());
}

Result<void> prepare(Transfer& transfer, const CurlOptions& options) {
  TRY_ASSIGN(const Url url, Url::parse(transfer.request.url));
  transfer.origin = url.origin();
  TRY(check_scheme(url, transfer.request).context(transfer.origin));
  TRY_ASSIGN(transfer.headers, make_headers(transfer.request));
  transfer.easy.reset(curl().easy_init());
  if (!transfer.easy) return fail(ErrorKind::internal, "cannot use libcurl");
  set_common(transfer, options);
  set_request(transfer, url);
  return {};
}

// Whether the same request could go better the next time.
bool is_passing(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_WRITE_ERROR:
      return false;
    default:
      return true;
  }
}

void finish(Transfer& transfer, CURLcode code) {
  if (code == CURLE_OK) {
    long status = 0;
    curl().easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    transfer.response.status = static_cast<int>(status);
    return;
  }
  if (transfer.too_long) {
    transfer.error = fail(ErrorKind::invalid_input, transfer.origin,
                          ": the answer is too long");
    return;
  }
  const char* reason = transfer.reason[0] != '\0' ? transfer.reason.data()
                                                  : curl().easy_strerror(code);
  transfer.error =
      fail(is_passing(code) ? ErrorKind::network : ErrorKind::invalid_input,
           transfer.origin, ": ", trimmed(reason));
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
    if (!transfer->easy) continue;
    curl().multi_remove_handle(multi.get(), transfer->easy.get());
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
      transfer->easy.reset();
    } else {
      curl().multi_add_handle(state_->multi.get(), transfer->easy.get());
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
