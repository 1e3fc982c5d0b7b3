// SPDX-License-Identifier: Apache-2.0

// hf-sigstore-proxy: what `hf-sigstore proxy` starts. A program of its own,
// for cpp-httplib brings shared libraries that no other verb needs.

#include "hub-client/proxy/serve.h"

#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>
#include <utility>

#include "core/app/network.h"
#include "core/app/settings.h"
#include "core/base/json.h"
#include "hub-client/hub/hub_settings.h"
#include "hub-client/hub/token_search.h"
#include "hub-client/proxy/server.h"
#include "hub-client/proxy_options.h"

namespace sigstore::hub {
namespace {

constexpr std::chrono::seconds kGrace{3};

// Before any thread starts, so that all of them leave these to us.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

Result<AccessToken> own_token(const HubSettings& settings) {
  const std::unique_ptr<http::Client> network = make_network();
  TokenWish wish;
  wish.needed = true;
  return find_token(wish, settings, environment_variable, *network,
                    current_time());
}

void announce(const ProxyOptions& options, int port) {
  const std::string url = concat("http://127.0.0.1:", port);
  print_line(options.json
                 ? dump_json({{"ok", true}, {"endpoint", url}, {"port", port}})
                 : "HF_ENDPOINT=" + url);
  // Whoever started us waits for this line.
  std::fflush(stdout);
}

Result<void> serve(const ProxyOptions& options, const Terminal& terminal) {
  TRY_ASSIGN(const HubSettings settings,
             read_hub_settings(environment_variable));
  if (settings.offline)
    return fail(ErrorKind::invalid_input,
                "HF_HUB_OFFLINE is set; without a network there is nothing to "
                "be a proxy of");
  AccessToken token;
  if (options.use_token) {
    TRY_ASSIGN(token, own_token(settings));
    if (token.empty())
      return fail(ErrorKind::unauthorized, "there is no token to use");
    terminal.warn(
        "everybody on this machine who reaches the port reads with your token");
  }
  TRY_ASSIGN(TrustFile trust_file, TrustFile::locate());
  CacheOptions cache;
  cache.folder = settings.cache;
  if (!options.cache_dir.empty()) cache.folder = options.cache_dir;
  cache.no_symlinks = !settings.symlinks;
  const sigset_t signals = block_stop_signals();
  ProxyTools tools{
      settings.endpoint,
      std::move(cache),
      std::move(trust_file),
      terminal,
      std::move(token),
      Pool<http::Client>([]() -> Result<std::unique_ptr<http::Client>> {
        return make_network();
      }),
      Pool<http::StreamClient>(make_stream_network)};
  TRY_ASSIGN(const std::unique_ptr<ProxyServer> server,
             ProxyServer::open(tools, static_cast<int>(options.port)));
  tools.records.started(settings.endpoint.text(), current_time());
  std::thread serving([&] { server->run(); });
  announce(options, server->port());
  int signal = 0;
  sigwait(&signals, &signal);
  tools.stop = true;
  // A fetch writes down what it has; one that hangs is not waited for, and
  // loses no more than that.
  std::thread([&] {
    server->stop();
    serving.join();
  }).detach();
  const auto end = std::chrono::steady_clock::now() + kGrace;
  while (server->busy() > 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  std::fflush(stdout);
  _exit(0);
}

class ServeCommand final : public Verb {
 public:
  explicit ServeCommand(CommandLine app)
      : Verb(app.add_subcommand("proxy", kProxyHelp)) {
    add_proxy_options(command(), options_);
  }

  ExitCode run() override {
    Terminal terminal("hf-sigstore");
    if (options_.quiet) terminal.set_quiet();
    const Result<void> served = serve(options_, terminal);
    if (!served.ok()) return report(terminal, served.error(), options_.json);
    return ExitCode::yes;
  }

 private:
  ProxyOptions options_;
};

}  // namespace

std::unique_ptr<Verb> make_serve_command(CommandLine app) {
  return std::make_unique<ServeCommand>(app);
}

}  // namespace sigstore::hub
