// SPDX-License-Identifier: Apache-2.0
#include "hooks/commands.h"

int main(int argc, char** argv) {
  return sigstore::run_program(
      {"git sigstore",
       "git-sigstore " SIGSTORE_VERSION,
       "Verify models on clone and sign them on push",
       {sigstore::make_install_command, sigstore::make_uninstall_command,
        sigstore::make_sign_command, sigstore::make_verify_command,
        sigstore::make_status_command, sigstore::make_trust_command,
        sigstore::make_tag_command, sigstore::make_pull_command,
        sigstore::make_doctor_command, sigstore::make_filter_process_command,
        sigstore::make_release_command, sigstore::make_hook_command}},
      argc, argv);
}
