// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <string>
#include <vector>

#include "core/app/hook_file.h"
#include "hub-client/commands.h"
#include "hub-client/proxy_options.h"

namespace sigstore::hub {
namespace {

constexpr std::int64_t kMostPort = 65535;

// Becomes the program that serves: whoever ends us ends it.
Error become(const ProxyOptions& options) {
  if (options.port < 0 || options.port > kMostPort)
    return fail(ErrorKind::invalid_input, options.port, " is no port");
  Result<std::string> program = program_beside("hf-sigstore-proxy");
  if (!program.ok()) return std::move(program).error();
  std::vector<std::string> words{*program, "proxy"};
  for (std::string& word : to_arguments(options))
    words.push_back(std::move(word));
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  return fail(ErrorKind::io, "cannot start ", *program, ": ",
              errno_text(errno));
}

class ProxyCommand final : public Verb {
 public:
  explicit ProxyCommand(CommandLine app)
      : Verb(app.add_subcommand("proxy", kProxyHelp)) {
    add_proxy_options(command(), options_);
  }

  ExitCode run() override {
    const Error error = become(options_);
    return report(Terminal("hf-sigstore"), error, options_.json);
  }

 private:
  ProxyOptions options_;
};

}  // namespace

std::unique_ptr<Verb> make_proxy_command(CommandLine app) {
  return std::make_unique<ProxyCommand>(app);
}

}  // namespace sigstore::hub
