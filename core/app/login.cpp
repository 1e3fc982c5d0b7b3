// SPDX-License-Identifier: Apache-2.0
#include "core/app/login.h"

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "core/app/detached.h"
#include "core/app/settings.h"
#include "core/http/loopback_listener.h"
#include "core/oidc/browser_login.h"
#include "core/oidc/device_login.h"

namespace sigstore {
namespace {

// sigstore.md 4.3: "give up after 120 s".
constexpr std::chrono::seconds kPatience{120};

// $BROWSER is a program, without options; else the desktop's own choice. By
// argv, never by a shell: the URL is the provider's.
bool start_browser(const std::string& url) {
  const std::string program = environment_variable("BROWSER");
  return start_detached({program.empty() ? "xdg-open" : program, url});
}

bool has_display() {
  for (const char* name : {"BROWSER", "DISPLAY", "WAYLAND_DISPLAY"})
    if (!environment_variable(name).empty()) return true;
  return false;
}

Result<IdentityToken> by_browser(const Provider& provider, http::Client& client,
                                 const Terminal& terminal) {
  TRY_ASSIGN(auto listener, http::LoopbackListener::open());
  TRY_ASSIGN(LoginSecrets secrets, LoginSecrets::make());
  const BrowserLogin login(
      provider,
      concat("http://localhost:", listener.port(), BrowserLogin::kPath),
      std::move(secrets));
  const std::string url = login.authorization_url();
  const bool started = start_browser(url);
  terminal.say(concat(
      started ? "log in with the browser; if none opens: " : "log in here: ",
      url));
  std::optional<Result<http::Request>> asked;
  const auto handler = [&](const http::RequestHead& head) -> http::Page {
    if (head.method != "GET" || head.path != BrowserLogin::kPath)
      return {404, login_page("Nothing here", ""), false};
    asked = login.token_request(head.query);
    if (asked->ok())
      return {200, login_page("Logged in", "Back to the terminal."), true};
    return {400, login_page("Not logged in", asked->error().message), true};
  };
  Result<void> served =
      listener.serve(handler, std::chrono::steady_clock::now() + kPatience);
  if (!served.ok()) return std::move(served).error();
  if (!asked->ok()) return std::move(*asked).error();
  TRY_ASSIGN(const http::Response answer, client.send(**asked));
  return login.read_token(answer);
}

Result<IdentityToken> by_device(const Provider& provider, http::Client& client,
                                const Terminal& terminal) {
  TRY_ASSIGN(LoginSecrets secrets, LoginSecrets::make());
  TRY_ASSIGN(const http::Response started,
             client.send(DeviceLogin::start_request(provider, secrets)));
  TRY_ASSIGN(DeviceLogin login,
             DeviceLogin::begin(provider, std::move(secrets), started));
  terminal.say(concat("log in on any device at ", login.verification_uri(),
                      " with the code ", login.user_code()));
  while (const auto wait = login.next_wait()) {
    std::this_thread::sleep_for(*wait);
    TRY_ASSIGN(auto token, login.read_poll(client.send(login.poll_request())));
    if (token) return *std::move(token);
  }
  return DeviceLogin::expired();
}

}  // namespace

Result<IdentityToken> log_in(const std::string& issuer, http::Client& client,
                             const Terminal& terminal) {
  terminal.end_progress();
  TRY_ASSIGN(const Provider provider, discover(client, issuer));
  if (has_display() && !provider.authorization_endpoint.empty())
    return by_browser(provider, client, terminal);
  if (!provider.device_endpoint.empty())
    return by_device(provider, client, terminal);
  return fail(ErrorKind::unsupported,
              "there is no display for a browser (DISPLAY, BROWSER), and the "
              "identity provider has no login for other devices");
}

}  // namespace sigstore
