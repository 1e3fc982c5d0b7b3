// SPDX-License-Identifier: Apache-2.0
#include "core/base/repo_id.h"

#include <algorithm>
#include <cctype>

namespace sigstore {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return out;
}

bool ends_with_port(std::string_view host, std::string_view port) {
  return host.size() > port.size() && host.ends_with(port);
}

bool is_path_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' ||
         c == '_' || c == '-' || c == '~' || c == '+' || c == '@';
}

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' ||
         c == '-' || c == '_';
}

bool is_address_character(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' ||
         c == '.';
}

// Nothing, or a colon and at most five digits.
bool is_clean_port(std::string_view text) {
  if (text.empty()) return true;
  const std::string_view port = text.substr(1);
  return text[0] == ':' && !port.empty() && port.size() <= 5 &&
         std::all_of(port.begin(), port.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

// A name, or an address in brackets (RFC 3986 3.2.2), and perhaps a port.
bool is_clean_host(std::string_view host) {
  const bool is_address = host.starts_with('[');
  const std::size_t end =
      std::min(host.find(is_address ? ']' : ':'), host.size());
  if (is_address && end == host.size()) return false;
  const std::string_view name =
      is_address ? host.substr(1, end - 1) : host.substr(0, end);
  return !name.empty() &&
         std::all_of(name.begin(), name.end(),
                     is_address ? is_address_character : is_name_character) &&
         is_clean_port(host.substr(is_address ? end + 1 : end));
}

bool is_clean_path(std::string_view path) {
  if (path.empty()) return false;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (!std::all_of(part.begin(), part.end(), is_path_character)) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

// "org/model" and "datasets/org/data" alone mean the Hub; a host has a dot or a
// port, is localhost, or stands before two more parts.
bool means_the_hub(std::string_view text) {
  const std::string first = lower(text.substr(0, text.find('/')));
  const bool two_parts = std::count(text.begin(), text.end(), '/') < 2;
  return first != "localhost" &&
         first.find_first_of(".:") == std::string::npos &&
         (two_parts || first == "datasets" || first == "spaces");
}

void drop_ending(std::string_view& path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  while (path.ends_with(".git")) path.remove_suffix(4);
}

}  // namespace

Result<RepoId> RepoId::from_url(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  const std::string scheme =
      lower(url.substr(0, std::min(scheme_end, url.size())));
  if (scheme_end == std::string_view::npos ||
      (scheme != "http" && scheme != "https"))
    return fail(ErrorKind::unsupported, "not an http or https URL");
  std::string_view rest = url.substr(scheme_end + 3);
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos)
    return fail(ErrorKind::invalid_input, "the URL names no repository");
  std::string_view authority = rest.substr(0, slash);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);  // never keep or print credentials
  std::string host = lower(authority);
  const std::string_view default_port = scheme == "https" ? ":443" : ":80";
  if (ends_with_port(host, default_port))
    host.resize(host.size() - default_port.size());
  if (host == "hf.co" || host == "www.huggingface.co") host = "huggingface.co";
  TRY_ASSIGN(RepoId id, make(host, rest.substr(slash + 1)));
  // A host in the user's own network would be read as somebody's name there.
  if (means_the_hub(id.to_string())) id.host_ += default_port;
  return id;
}

Result<RepoId> RepoId::make(std::string host, std::string_view path) {
  drop_ending(path);
  if (!is_clean_host(host))
    return fail(ErrorKind::invalid_input, "no host in the repository's URL");
  if (!is_clean_path(path))
    return fail(ErrorKind::invalid_input, "no repository path after ", host);
  return RepoId(std::move(host), std::string(path));
}

Result<RepoId> RepoId::parse(std::string_view text) {
  if (text.starts_with("sigstore::")) text.remove_prefix(10);
  if (text.find("://") != std::string_view::npos) return from_url(text);
  drop_ending(text);
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string_view first = text.substr(0, slash);
  if (means_the_hub(text)) return make("huggingface.co", text);
  if (slash == text.size())
    return fail(ErrorKind::invalid_input, "names no repository after ", first);
  const std::string host = lower(first);
  Result<RepoId> id =
      make(host == "hf.co" ? "huggingface.co" : host, text.substr(slash + 1));
  if (id.ok() && means_the_hub(id->to_string()))
    return fail(ErrorKind::invalid_input, "names no repository after ", first);
  return id;
}

}  // namespace sigstore
