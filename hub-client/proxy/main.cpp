// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/serve.h"

int main(int argc, char** argv) {
  return sigstore::run_program(
      {"hf-sigstore-proxy",
       "hf-sigstore " SIGSTORE_VERSION,
       "The Hub on this machine, with what was verified",
       {sigstore::hub::make_serve_command}},
      argc, argv);
}
