// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/delegate.h"

#include <algorithm>
#include <string_view>

namespace sigstore {
namespace {

// git-remote-ext(1): "% " is a space within an argument, "%%" a percent sign.
std::string ext_argument(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' || c == '%') out += '%';
    out += c;
  }
  return out;
}

// The remote shell sees it: in single quotes, as git does (sq_quote_buf).
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '!')
      out += {'\'', '\\', c, '\''};
    else
      out += c;
  }
  return out + "'";
}

struct SshTarget {
  std::string host;  // with user
  std::string port;  // may be empty
  std::string path;
};

// ssh://[user@]host[:port]/path, or [user@]host:path.
Result<SshTarget> parse_ssh(std::string_view url) {
  SshTarget target;
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
    const std::size_t slash = std::min(url.find('/'), url.size());
    const std::string_view authority = url.substr(0, slash);
    const std::size_t colon = authority.rfind(':');
    const bool has_port = colon != std::string_view::npos &&
                          authority.find(']', colon) == std::string_view::npos;
    target.host = authority.substr(0, has_port ? colon : authority.size());
    if (has_port) target.port = authority.substr(colon + 1);
    target.path = url.substr(slash);
    // ssh://host/~user/repo is below a home folder.
    if (target.path.starts_with("/~")) target.path.erase(0, 1);
  } else {
    const std::size_t colon = url.find(':');
    target.host = url.substr(0, colon);
    target.path = url.substr(colon + 1);
  }
  // CVE-2017-1000117: a host or path that ssh would take for an option.
  if (target.host.empty() || target.host[0] == '-' || target.path.empty() ||
      target.path[0] == '-')
    return fail(ErrorKind::invalid_input, "not a usable ssh URL");
  return target;
}

bool is_scp_like(std::string_view url) {
  const std::size_t colon = url.find(':');
  return colon != std::string_view::npos && url.find('/') > colon;
}

}  // namespace

bool is_delegated(const std::string& url) {
  return !url.starts_with("http://") && !url.starts_with("https://");
}

Result<std::string> ext_command(const std::string& url,
                                const std::vector<std::string>& ssh) {
  const std::size_t scheme_end = url.find("://");
  const std::string scheme =
      scheme_end == std::string::npos ? "" : url.substr(0, scheme_end);
  const bool is_ssh = scheme == "ssh" || scheme == "git+ssh" ||
                      scheme == "ssh+git" ||
                      (scheme.empty() && is_scp_like(url));
  if (!is_ssh && !scheme.empty() && scheme != "file")
    return fail(ErrorKind::unsupported, "remotes with ", scheme,
                ":// cannot be used while another remote of this repository "
                "is protected; 'git sigstore uninstall' takes that back");
  if (!is_ssh)
    return "%S " + ext_argument(scheme.empty() ? url : url.substr(7));
  TRY_ASSIGN(const SshTarget target, parse_ssh(url));
  std::string command;
  for (const std::string& word : ssh) command += ext_argument(word) + " ";
  if (!target.port.empty()) command += "-p " + ext_argument(target.port) + " ";
  return command + ext_argument(target.host) + " %S " +
         ext_argument(shell_quoted(target.path));
}

}  // namespace sigstore
