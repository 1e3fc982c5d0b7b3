// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/app/command_line.h"

namespace sigstore::hub {

inline constexpr char kProxyHelp[] =
    "Be the Hub for other programs, and give them what verifies";

// Of `hf-sigstore proxy`, which hands them to hf-sigstore-proxy.
struct ProxyOptions {
  std::int64_t port = 0;  // any
  std::string cache_dir;
  bool use_token = false;
  bool quiet = false;
  bool json = false;
};
void add_proxy_options(CommandLine command, ProxyOptions& options);
std::vector<std::string> to_arguments(const ProxyOptions& options);

}  // namespace sigstore::hub
