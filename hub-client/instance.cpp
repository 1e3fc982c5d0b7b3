// SPDX-License-Identifier: Apache-2.0
#include "hub-client/instance.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/app/command_line.h"
#include "core/app/network.h"
#include "core/base/json.h"
#include "core/http/retrying_client.h"
#include "core/tuf/http_repository.h"

namespace sigstore::hub {
namespace {

Result<InstanceTrust> follow(
    const std::string& text,
    const std::function<Result<InstanceTrust>(TufRepository&)>& action) {
  TRY_ASSIGN(const std::string url, instance_url(text));
  const auto network = make_network();
  http::RetryingClient client(*network, {.tries = 3});
  HttpRepository repository(client, url);
  return action(repository).context(url);
}

void print(const InstanceTrust& trust, bool json) {
  if (json) {
    const nlohmann::json value = {
        {"ok", true},
        {"instance", trust.url},
        {"rootVersion", trust.root_version},
        {"rootExpires", trust.root_expires.to_rfc3339()},
        {"freshUntil", trust.fresh_until.to_rfc3339()},
        {"signingConfig", !trust.signing_config.empty()}};
    print_line(dump_json(value));
    return;
  }
  print_line("instance: " + one_line(trust.url));
  print_line(concat("TUF root: version ", trust.root_version, ", good until ",
                    trust.root_expires.to_date()));
  print_line(
      "fetched:  trusted root" +
      std::string(trust.signing_config.empty() ? "" : ", signing config") +
      ", fresh until " + trust.fresh_until.to_date());
}

}  // namespace

ExitCode follow_instance(
    const std::string& url, bool json,
    const std::function<Result<InstanceTrust>(TufRepository&)>& action) {
  const Result<InstanceTrust> trust = follow(url, action);
  if (!trust.ok()) return report(Terminal("hf-sigstore"), trust.error(), json);
  print(*trust, json);
  return ExitCode::yes;
}

}  // namespace sigstore::hub
