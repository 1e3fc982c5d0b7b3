// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/repo_id.h"
#include "git-remote-sigstore/git_daemon.h"
#include "tests/fuzz/fuzz.h"

namespace sigstore {
namespace {

bool is_plain(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });
}

// A name of a repository says one thing, however often it is read.
bool check_id(std::string_view url) {
  const Result<RepoId> id = RepoId::parse(url);
  if (!id.ok()) return false;
  const Result<RepoId> again = RepoId::parse(id->to_string());
  require(again.ok() && *again == *id, "an identity is its own name");
  require(is_plain(id->to_string()), "an identity can be printed");
  require(("/" + id->path() + "/").find("/../") == std::string::npos &&
              ("/" + id->path() + "/").find("//") == std::string::npos,
          "its path has plain parts");
  return true;
}

// The request line ends where it should (gitprotocol-pack(5)).
bool check_daemon(std::string_view url) {
  const Result<DaemonUrl> daemon = DaemonUrl::parse(url);
  if (!daemon.ok()) return false;
  const std::string request = daemon->request("git-upload-pack", 0);
  require(std::count(request.begin(), request.end(), '\0') == 2,
          "a request has its two ends");
  return true;
}

}  // namespace
}  // namespace sigstore

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view url = sigstore::as_text({data, size});
  const bool id = sigstore::check_id(url);
  return sigstore::finish(sigstore::check_daemon(url) || id);
}
