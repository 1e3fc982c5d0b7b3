// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/route.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/base/error.h"

namespace sigstore::hub {
namespace {

using Parts = std::vector<std::string_view>;

Parts split(std::string_view path) {
  Parts parts;
  while (true) {
    const std::size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

// "a%2F.." is one part for us, and two for a server that decodes first.
bool has_dots(std::string_view decoded) {
  const Parts parts = split(decoded);
  return std::any_of(parts.begin(), parts.end(), [](std::string_view part) {
    return part == "." || part == "..";
  });
}

// No URI has them (RFC 3986 2).
bool has_control(std::string_view target) {
  return std::any_of(target.begin(), target.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7F;
  });
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Plural {
  std::string_view text;
  RepoType type;
};
constexpr std::array<Plural, 3> kPlurals{{{"models", RepoType::model},
                                          {"datasets", RepoType::dataset},
                                          {"spaces", RepoType::space}}};

const Plural* find_plural(std::string_view text) {
  for (const Plural& plural : kPlurals)
    if (plural.text == text) return &plural;
  return nullptr;
}

// The id at the start of `parts`: "ns/name", or "name" where `below` follows
// at once. How many parts it has; 0 when it is none.
std::size_t read_id(const Parts& parts, std::size_t from, RepoType type,
                    std::size_t length, RepoName& repo) {
  if (from + length > parts.size()) return 0;
  std::string id(parts[from]);
  if (length == 2) id += concat("/", parts[from + 1]);
  Result<RepoName> name = RepoName::make(type, id);
  if (!name.ok()) return 0;
  repo = std::move(name).value();
  return length;
}

// [datasets/]ns/name/resolve/<revision>/<path>
bool read_file_route(const Parts& parts, Route& route) {
  RepoType type = RepoType::model;
  std::size_t at = 0;
  const Plural* const plural = find_plural(parts.front());
  if (plural != nullptr && plural->type != RepoType::model) {
    type = plural->type;
    at = 1;
  }
  for (const std::size_t length : {std::size_t{2}, std::size_t{1}}) {
    if (at + length + 2 >= parts.size() || parts[at + length] != "resolve" ||
        read_id(parts, at, type, length, route.repo) == 0)
      continue;
    at += length + 1;
    if (!decode_component(parts[at], route.revision) || route.revision.empty())
      return false;
    for (std::size_t i = at + 1; i < parts.size(); ++i) {
      std::string part;
      if (!decode_component(parts[i], part)) return false;
      route.path += concat(i > at + 1 ? "/" : "", part);
    }
    return !route.path.empty();
  }
  return false;
}

// Below api/models/<id>: what is asked in order to find files. Nothing that
// has content in it.
bool is_question(std::string_view method, const Parts& below) {
  if (method == "POST") return below.size() == 2 && below[0] == "paths-info";
  if (below.empty()) return true;
  if (below[0] == "tree") return below.size() >= 2;
  if (below[0] == "revision" || below[0] == "commits") return below.size() == 2;
  return below.size() == 1 && (below[0] == "refs" || below[0] == "auth-check");
}

bool read_api_route(std::string_view method, const Parts& parts, Route& route) {
  if (parts.size() == 2 && parts[1] == "whoami-v2") return method == "GET";
  const Plural* const plural =
      parts.size() > 2 ? find_plural(parts[1]) : nullptr;
  if (plural == nullptr) return false;
  for (const std::size_t length : {std::size_t{2}, std::size_t{1}}) {
    if (read_id(parts, 2, plural->type, length, route.repo) == 0) continue;
    const Parts below(parts.begin() + static_cast<std::ptrdiff_t>(2 + length),
                      parts.end());
    if (!is_question(method, below)) continue;
    route.names_commit =
        method == "GET" && (below.empty() || below[0] == "revision");
    if (below.empty()) route.revision = "main";
    return below.size() < 2 || below[0] == "tree" ||
           decode_component(below[1], route.revision);
  }
  return false;
}

// llama.cpp asks so for the name of a file: v2/ns/name/manifests/<tag>.
bool is_manifest(std::string_view method, const Parts& parts, Route& route) {
  return method == "GET" && parts.size() == 5 && parts[0] == "v2" &&
         parts[3] == "manifests" &&
         read_id(parts, 1, RepoType::model, 2, route.repo) > 0;
}

}  // namespace

Route parse_route(std::string_view method, std::string_view target) {
  if (method == "HEAD") method = "GET";
  Route route;
  if (!target.starts_with('/') || has_control(target) ||
      (method != "GET" && method != "POST"))
    return route;
  const std::string_view path = target.substr(1, target.find('?') - 1);
  if (method == "GET" && path.empty()) route.kind = Route::Kind::status;
  if (method == "GET" && path == "status.json")
    route.kind = Route::Kind::status_json;
  if (route.kind != Route::Kind::unknown) return route;
  const Parts parts = split(path);
  // What a server could take for another path than we do.
  for (const std::string_view part : parts) {
    std::string decoded;
    if (!decode_component(part, decoded) || has_dots(decoded)) return route;
  }
  if ((parts[0] == "api" && read_api_route(method, parts, route)) ||
      is_manifest(method, parts, route)) {
    route.kind = Route::Kind::api;
    route.target = target.substr(1);
    return route;
  }
  if (method == "GET" && parts[0] != "api" && read_file_route(parts, route)) {
    route.kind = Route::Kind::file;
    return route;
  }
  return Route{};
}

bool decode_component(std::string_view text, std::string& decoded) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    if (at + 2 >= text.size()) return false;
    const int high = digit(text[at + 1]);
    const int low = digit(text[at + 2]);
    if (high < 0 || low < 0 || high + low == 0) return false;
    out += static_cast<char>(high * 16 + low);
    at += 2;
  }
  decoded = std::move(out);
  return true;
}

bool is_own_host(std::string_view host, int port) {
  const std::string suffix = concat(":", port);
  return host == "127.0.0.1" + suffix || host == "localhost" + suffix;
}

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return {};
  const bool fits = std::equal(
      kScheme.begin(), kScheme.end(), authorization.begin(),
      [](char expected, char c) {
        return expected ==
               ((c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c);
      });
  return fits ? authorization.substr(kScheme.size()) : std::string_view();
}

}  // namespace sigstore::hub
