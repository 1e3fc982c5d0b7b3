// SPDX-License-Identifier: Apache-2.0
#include "core/tuf/http_repository.h"

#include <utility>

#include "core/http/url.h"

namespace sigstore {
namespace {

// Metadata names are quoted already; a target's path keeps its slashes.
std::string quote_path(std::string_view path) {
  std::string quoted;
  while (true) {
    const std::size_t slash = path.find('/');
    quoted += http::escape_component(path.substr(0, slash));
    if (slash == std::string_view::npos) return quoted;
    quoted += '/';
    path.remove_prefix(slash + 1);
  }
}

// "a/../b" is left to nobody's reading.
bool has_dot_segment(std::string_view path) {
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment.empty() || segment == "." || segment == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

Result<Bytes> HttpRepository::fetch_metadata(const std::string& path,
                                             std::size_t limit) {
  return fetch(http::join_url(base_, path), limit);
}

Result<Bytes> HttpRepository::fetch_target(const std::string& path,
                                           std::size_t limit) {
  if (has_dot_segment(path))
    return fail(ErrorKind::invalid_input, "the path '", path,
                "' has an empty segment, '.' or '..'");
  return fetch(http::join_url(base_, "targets/" + quote_path(path)), limit);
}

Result<Bytes> HttpRepository::fetch(const std::string& url, std::size_t limit) {
  http::Request request;
  request.url = url;
  request.answer_limit = limit;
  request.repeatable = true;
  TRY_ASSIGN(http::Response answer, client_.send(request));
  if (answer.status == 200) return std::move(answer.body);
  const bool missing = answer.status == 404 || answer.status == 403;
  return fail(missing ? ErrorKind::not_found : ErrorKind::network,
              http::origin_of(url), " answered with status ", answer.status,
              " when asked for ", url.substr(base_.size()));
}

}  // namespace sigstore
