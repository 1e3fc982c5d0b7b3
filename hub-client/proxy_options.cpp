// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy_options.h"

namespace sigstore::hub {

void add_proxy_options(CommandLine command, ProxyOptions& options) {
  command.add_option("--port", options.port,
                     "Port of 127.0.0.1 (default: any, which is printed)");
  command.add_option("--cache-dir", options.cache_dir,
                     "The cache (default: HF_HUB_CACHE)");
  command.add_flag("--use-token", options.use_token,
                   "Read with your token for programs that bring none");
  command.add_flag("-q,--quiet", options.quiet, "Only warnings and errors");
  command.add_flag("--json", options.json, "Print the address as JSON");
}

std::vector<std::string> to_arguments(const ProxyOptions& options) {
  std::vector<std::string> arguments{"--port", std::to_string(options.port)};
  if (!options.cache_dir.empty())
    arguments.push_back("--cache-dir=" + options.cache_dir);
  if (options.use_token) arguments.emplace_back("--use-token");
  if (options.quiet) arguments.emplace_back("--quiet");
  if (options.json) arguments.emplace_back("--json");
  return arguments;
}

}  // namespace sigstore::hub
