// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include "core/app/settings.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "hub-client/commands.h"
#include "hub-client/instance.h"

namespace sigstore::hub {
namespace {

class TrustInstanceCommand final : public Verb {
 public:
  explicit TrustInstanceCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "trust-instance",
            "Follow a Sigstore instance of your own, from its TUF root on")) {
    command()
        .add_option("ROOT", root_,
                    "A root.json of the instance, from somebody you trust")
        .required();
    command()
        .add_option("--instance", url_, "URL of the instance's TUF repository")
        .required();
    command().add_flag("--json", json_, "Print the result as JSON");
  }

  ExitCode run() override {
    return follow_instance(
        url_, json_, [&](TufRepository& repository) -> Result<InstanceTrust> {
          TRY_ASSIGN(const Bytes root, read_file(root_, limits::kTrustedRoot));
          return add_instance(url_, root, repository, current_time());
        });
  }

 private:
  std::string root_;
  std::string url_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_trust_instance_command(CommandLine app) {
  return std::make_unique<TrustInstanceCommand>(app);
}

}  // namespace sigstore::hub
