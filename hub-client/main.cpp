// SPDX-License-Identifier: Apache-2.0
#include "hub-client/commands.h"

int main(int argc, char** argv) {
  return sigstore::run_program({"hf-sigstore",
                                "hf-sigstore " SIGSTORE_VERSION,
                                "Sign machine learning models and verify them",
                                {sigstore::hub::make_sign_command,
                                 sigstore::hub::make_verify_command,
                                 sigstore::hub::make_pull_command,
                                 sigstore::hub::make_push_command,
                                 sigstore::hub::make_publish_command,
                                 sigstore::hub::make_attach_command,
                                 sigstore::hub::make_fetch_command,
                                 sigstore::hub::make_list_signatures_command,
                                 sigstore::hub::make_proxy_command,
                                 sigstore::hub::make_digest_command,
                                 sigstore::hub::make_inspect_command,
                                 sigstore::hub::make_keygen_command,
                                 sigstore::hub::make_logout_command,
                                 sigstore::hub::make_login_agent_command,
                                 sigstore::hub::make_trust_instance_command,
                                 sigstore::hub::make_update_trust_root_command,
                                 sigstore::hub::make_cache_command,
                                 sigstore::hub::make_extension_command,
                                 sigstore::hub::make_verify_bundle_command,
                                 sigstore::hub::make_sign_bundle_command}},
                               argc, argv);
}
