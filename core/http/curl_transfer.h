// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to http/: what every request of ours tells libcurl, and what its
// errors mean, whoever reads the answer.

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/handle.h"
#include "core/base/result.h"
#include "core/http/curl_client.h"
#include "core/http/curl_library.h"
#include "core/http/message.h"

namespace sigstore::http {

inline void free_easy(CURL* easy) { curl().easy_cleanup(easy); }
inline void free_multi(CURLM* multi) { curl().multi_cleanup(multi); }
inline void free_list(curl_slist* list) { curl().slist_free_all(list); }

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

// The headers of an answer, as they come.
struct HeaderLines {
  std::vector<Header> headers = {};
  std::size_t bytes = 0;

  // False when there are more than limits::kHttpHeaders.
  bool take(std::string_view line);
};

// Where a request goes, and how.
struct Destination {
  Method method = Method::get;
  const std::string& url;
  const std::vector<Header>& headers;
  std::chrono::milliseconds connect_timeout;
  bool plain_http = false;
};

// One request on its way.
class CurlTransfer {
 public:
  // A handle with all that holds for every request: TLS, scheme, proxy,
  // headers, no redirects. invalid_input for a URL or header that we do not
  // send. Whoever reads the answer adds its callbacks.
  Result<void> open(const Destination& destination, const CurlOptions& options);

  template <class Value>
  void set(CURLoption option, Value value) {
    curl().easy_setopt(easy_.get(), option, value);
  }

  CURL* easy() const { return easy_.get(); }
  bool is_open() const { return easy_ != nullptr; }
  void close() { easy_.reset(); }
  int status() const;
  const std::string& origin() const { return origin_; }

  // Needs a code other than CURLE_OK.
  Error error_of(CURLcode code) const;
  Error too_long() const;

 private:
  void set_method(Method method);

  std::string origin_;
  ListHandle headers_;
  std::array<char, CURL_ERROR_SIZE> reason_{};
  EasyHandle easy_;  // goes before what it points to
};

}  // namespace sigstore::http
