// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "hub-client/proxy/route.h"
#include "tests/fuzz/fuzz.h"

using sigstore::hub::Route;

// "GET /target": what a client asks the proxy for. A seed parses when it leads
// somewhere.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text = sigstore::as_text({data, size});
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return sigstore::finish(false);
  const Route route =
      sigstore::hub::parse_route(text.substr(0, space), text.substr(space + 1));
  const bool is_file = route.kind == Route::Kind::file;
  const bool is_api = route.kind == Route::Kind::api;
  if (is_file) {
    sigstore::require(!route.repo.id.empty(), "a file has a repository");
    sigstore::require(!route.revision.empty(), "a file has a revision");
    sigstore::require(!route.path.empty(), "a file has a path");
    sigstore::require(route.path.find('\0') == std::string::npos,
                      "a path has no NUL");
  }
  sigstore::require(is_api == !route.target.empty(),
                    "a question and nothing else is passed on");
  if (is_api) {
    std::string decoded;
    sigstore::require(
        sigstore::hub::decode_component(
            route.target.substr(0, route.target.find('?')), decoded),
        "what is passed on is well-formed");
    sigstore::require(("/" + decoded + "/").find("/../") == std::string::npos,
                      "what is passed on leads nowhere else");
  }
  sigstore::require(!route.names_commit || is_api,
                    "only a question names a commit");
  return sigstore::finish(route.kind != Route::Kind::unknown);
}
