// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include "core/app/settings.h"
#include "hub-client/commands.h"
#include "hub-client/instance.h"

namespace sigstore::hub {
namespace {

class UpdateTrustRootCommand final : public Verb {
 public:
  explicit UpdateTrustRootCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "update-trust-root",
            "Fetch the newest trusted root of a Sigstore instance")) {
    command().add_option("--instance", url_,
                         "URL of an instance that trust-instance made known "
                         "(default: the public one)");
    command().add_flag("--json", json_, "Print the result as JSON");
  }

  ExitCode run() override {
    return follow_instance(url_, json_, [&](TufRepository& repository) {
      return update_instance(url_, repository, current_time());
    });
  }

 private:
  std::string url_{kPublicInstance};
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_update_trust_root_command(CommandLine app) {
  return std::make_unique<UpdateTrustRootCommand>(app);
}

}  // namespace sigstore::hub
