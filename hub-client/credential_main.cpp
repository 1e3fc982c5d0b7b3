// SPDX-License-Identifier: Apache-2.0
// git-credential-sigstore: git gets the token that hf-sigstore would use.
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string_view>

#include "core/app/exit_code.h"
#include "core/app/network.h"
#include "core/app/settings.h"
#include "core/app/terminal.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "hub-client/credential.h"
#include "hub-client/hub/token_search.h"

namespace sigstore::hub {
namespace {

Result<void> answer() {
  TRY_ASSIGN(const Bytes input,
             read_all(STDIN_FILENO, limits::kHelperLine, "standard input"));
  TRY_ASSIGN(const CredentialRequest request,
             parse_credential_request(as_text(input)));
  TRY_ASSIGN(const HubSettings settings,
             read_hub_settings(environment_variable));
  // No token is looked for, or exchanged, in the name of another host.
  if (!asks_for(request, settings.endpoint)) return {};
  const std::unique_ptr<http::Client> network = make_network();
  TokenWish wish;
  wish.needed = true;
  TRY_ASSIGN(const AccessToken token,
             find_token(wish, settings, environment_variable, *network,
                        current_time()));
  return write_all(STDOUT_FILENO, as_bytes(credential_answer(
                                      request, settings.endpoint, token)));
}

int run(int argc, char** argv) {
  const std::string_view action = argc == 2 ? argv[1] : "";
  const Terminal terminal("git-credential-sigstore");
  if (action == "--version" || action == "--help") {
    print_line(action == "--help"
                   ? "usage: git credential-sigstore get|store|erase"
                   : "git-credential-sigstore " SIGSTORE_VERSION);
    return static_cast<int>(close_output(ExitCode::yes));
  }
  // gitcredentials(7): what a helper does not know it leaves alone; there is
  // nothing to store or forget, the token is hf's.
  if (action != "get") return static_cast<int>(ExitCode::yes);
  std::signal(SIGPIPE, SIG_IGN);
  const Result<void> done = answer();
  if (done.ok()) return static_cast<int>(ExitCode::yes);
  terminal.report(done.error());
  return static_cast<int>(exit_code(done.error().kind));
}

}  // namespace
}  // namespace sigstore::hub

int main(int argc, char** argv) { return sigstore::hub::run(argc, argv); }
