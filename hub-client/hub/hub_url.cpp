// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/hub_url.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/limits.h"

namespace sigstore::hub {
namespace {

// RFC 3986 section 5.2.4, for paths that begin with a slash.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> parts;
  bool is_folder = false;
  for (std::size_t start = 1; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string_view part = path.substr(start, end - start);
    is_folder = part == "." || part == "..";
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!is_folder) parts.push_back(part);
    start = end + 1;
  }
  std::string out;
  for (const std::string_view part : parts) out += concat("/", part);
  if (is_folder || out.empty()) out += '/';
  return out;
}

// A reference without scheme and host, in the place of `base`'s path.
std::string resolved(const http::Url& base, std::string_view reference) {
  const std::size_t query = std::min(reference.find('?'), reference.size());
  const std::string_view path = reference.substr(0, query);
  std::string joined;
  if (path.starts_with('/')) {
    joined = without_dots(path);
  } else if (path.empty()) {
    joined = base.path;
  } else {
    const std::size_t slash = base.path.rfind('/');
    joined = without_dots(concat(
        slash == std::string::npos ? "/" : base.path.substr(0, slash + 1),
        path));
  }
  return concat(base.origin(), joined, reference.substr(query));
}

// "https:" or the like in front of the first slash (RFC 3986 section 3.1).
bool has_scheme(std::string_view reference) {
  const std::size_t colon = reference.find(':');
  return colon != std::string_view::npos &&
         reference.find_first_of("/?") > colon;
}

}  // namespace

Endpoint::Endpoint() : text_(kDefaultEndpoint) { url_.host = "huggingface.co"; }

Result<Endpoint> Endpoint::parse(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  TRY_ASSIGN(http::Url parsed, http::Url::parse(url));
  if (!parsed.query.empty())
    return fail(ErrorKind::invalid_input, "malformed URL: it has a query");
  std::string text = parsed.text();
  return Endpoint(std::move(text), std::move(parsed));
}

std::string Endpoint::host() const {
  const std::string origin = url_.origin();
  return origin.substr(origin.find("://") + 3);
}

bool Endpoint::is_here(std::string_view url) const {
  const Result<http::Url> parsed = http::Url::parse(url);
  return parsed.ok() && parsed->is_tls == url_.is_tls &&
         parsed->host == url_.host && parsed->port == url_.port;
}

bool Endpoint::may_see_token(std::string_view url) const {
  return is_here(url) && (url_.is_tls || url_.is_loopback());
}

std::string Endpoint::own_url(std::string_view url) const {
  const Result<http::Url> parsed = http::Url::parse(url);
  if (!parsed.ok()) return std::string(url);
  const std::string origin = parsed->origin();
  if (origin != kDefaultEndpoint && origin != kStagingEndpoint)
    return std::string(url);
  return concat(text_, parsed->path, parsed->query);
}

Result<std::string> Endpoint::follow(std::string_view base,
                                     std::string_view location) const {
  location = location.substr(0, location.find('#'));
  if (location.empty())
    return fail(ErrorKind::invalid_input, "a redirect to nowhere");
  TRY_ASSIGN(const http::Url from, http::Url::parse(base));
  std::string target(location);
  if (location.starts_with("//"))
    target = concat(from.is_tls ? "https:" : "http:", location);
  else if (!has_scheme(location))
    target = resolved(from, location);
  TRY(http::Url::parse(target).context("a redirect"));
  return own_url(target);
}

std::string Endpoint::at(std::string_view below) const {
  return http::join_url(text_, below);
}

std::string Endpoint::api(const RepoName& repo, std::string_view below) const {
  std::string url = at(repo.api_path());
  if (!below.empty()) url += concat("/", below);
  return url;
}

std::string Endpoint::page(const RepoName& repo) const {
  return at(repo.path());
}

std::string Endpoint::resolve(const RepoName& repo, const git::CommitId& commit,
                              std::string_view path) const {
  return concat(page(repo), "/resolve/", commit.id.to_hex(), "/",
                escape_path(path));
}

std::string escape_revision(std::string_view revision) {
  return http::escape_component(revision);
}

std::string escape_path(std::string_view path) {
  std::string out;
  while (true) {
    const std::size_t slash = path.find('/');
    out += http::escape_component(path.substr(0, slash));
    if (slash == std::string_view::npos) return out;
    out += '/';
    path.remove_prefix(slash + 1);
  }
}

std::string link_target(std::string_view header, std::string_view relation) {
  const std::string wanted = concat("rel=\"", relation, "\"");
  const std::string bare = concat("rel=", relation);
  while (true) {
    const std::size_t open = header.find('<');
    const std::size_t close = header.find('>', open);
    if (close == std::string_view::npos) return {};
    const std::string_view target = header.substr(open + 1, close - open - 1);
    header.remove_prefix(close + 1);
    const std::string_view parameters =
        header.substr(0, std::min(header.find('<'), header.size()));
    const std::size_t at = parameters.find(bare);
    const bool is_bare =
        at != std::string_view::npos &&
        (at + bare.size() == parameters.size() ||
         std::string_view(" ;,").find(parameters[at + bare.size()]) !=
             std::string_view::npos);
    if (is_bare || parameters.find(wanted) != std::string_view::npos)
      return std::string(target);
  }
}

}  // namespace sigstore::hub
