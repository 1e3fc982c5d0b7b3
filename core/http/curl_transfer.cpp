// SPDX-License-Identifier: Apache-2.0
#include "core/http/curl_transfer.h"

#include <utility>

#include "core/http/url.h"

namespace sigstore::http {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// A line break in a value would be a header of its own.
Result<ListHandle> make_headers(const std::vector<Header>& headers) {
  std::vector<std::string> lines{"Expect:"};
  for (const Header& header : headers)
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

Result<void> check_scheme(const Url& url, bool plain_http) {
  if (url.is_tls || url.is_loopback() || plain_http) return {};
  return fail(ErrorKind::invalid_input,
              "http is only for services on this machine, use https");
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

}  // namespace

bool HeaderLines::take(std::string_view line) {
  bytes += line.size();
  if (bytes > limits::kHttpHeaders) return false;
  // A status line: of the answer, after those of a proxy and of "100".
  if (line.starts_with("HTTP/")) headers.clear();
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos)
    headers.push_back({std::string(trimmed(line.substr(0, colon))),
                       std::string(trimmed(line.substr(colon + 1)))});
  return true;
}

void CurlTransfer::set_method(Method method) {
  switch (method) {
    case Method::get:
      break;
    case Method::head:
      set(CURLOPT_NOBODY, 1L);
      break;
    case Method::put:
      set(CURLOPT_CUSTOMREQUEST, "PUT");
      break;
    case Method::del:
      set(CURLOPT_CUSTOMREQUEST, "DELETE");
      break;
    case Method::post:
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{0});
      set(CURLOPT_POSTFIELDS, "");
      break;
  }
}

Result<void> CurlTransfer::open(const Destination& destination,
                                const CurlOptions& options) {
  TRY_ASSIGN(const Url url, Url::parse(destination.url));
  origin_ = url.origin();
  TRY(check_scheme(url, destination.plain_http).context(origin_));
  TRY_ASSIGN(headers_, make_headers(destination.headers));
  easy_.reset(curl().easy_init());
  if (!easy_) return fail(ErrorKind::internal, "cannot use libcurl");
  set(CURLOPT_ERRORBUFFER, reason_.data());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_USERAGENT, "hf-sigstore/" SIGSTORE_VERSION);
  if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
  if (!options.ca_folder.empty())
    set(CURLOPT_CAPATH, options.ca_folder.c_str());
  set(CURLOPT_URL, url.text().c_str());
  set(CURLOPT_PROTOCOLS_STR, url.is_tls ? "https" : "http");
  // What is for this machine does not leave it.
  if (url.is_loopback()) set(CURLOPT_PROXY, "");
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(destination.connect_timeout.count()));
  set_method(destination.method);
  return {};
}

int CurlTransfer::status() const {
  long status = 0;
  curl().easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

Error CurlTransfer::error_of(CURLcode code) const {
  const char* reason =
      reason_[0] != '\0' ? reason_.data() : curl().easy_strerror(code);
  return fail(is_passing(code) ? ErrorKind::network : ErrorKind::invalid_input,
              origin_, ": ", trimmed(reason));
}

Error CurlTransfer::too_long() const {
  return fail(ErrorKind::invalid_input, origin_, ": the answer is too long");
}

}  // namespace sigstore::http
