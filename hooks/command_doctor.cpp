// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "hooks/commands.h"
#include "hooks/doctor.h"

namespace sigstore {
namespace {

void print_json(const std::vector<Finding>& findings, bool ok) {
  nlohmann::json list = nlohmann::json::array();
  for (const Finding& finding : findings)
    list.push_back({{"health", health_name(finding.health)},
                    {"subject", finding.subject},
                    {"text", finding.text}});
  print_line(dump_json({{"ok", ok}, {"findings", std::move(list)}}));
}

void print_text(const std::vector<Finding>& findings) {
  constexpr std::size_t kColumn = 15;
  for (const Finding& finding : findings) {
    std::string label(health_name(finding.health));
    label.resize(kColumn, ' ');
    print_line(one_line(concat(label, finding.subject, ": ", finding.text)));
  }
}

class DoctorCommand final : public Verb {
 public:
  explicit DoctorCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "doctor", "Tell what protects this repository, and what not")) {
    command().add_option("--remote", remote_,
                         "Remote that names the repository");
    command().add_flag("--json", json_, "Print the result as JSON");
  }

  ExitCode run() override {
    const std::vector<Finding> findings = examine(remote_);
    const ExitCode code = exit_code(findings);
    if (json_)
      print_json(findings, code == ExitCode::yes);
    else
      print_text(findings);
    return code;
  }

 private:
  std::string remote_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_doctor_command(CommandLine app) {
  return std::make_unique<DoctorCommand>(app);
}

}  // namespace sigstore
