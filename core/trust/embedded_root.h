// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/time.h"

// The roots of trust of Sigstore's public instance, and of its staging
// instance, that this program comes with. scripts/trusted_root takes them out
// of Sigstore's own Python client.
namespace sigstore {

// A trusted_root.json.
std::string_view embedded_trusted_root();
// A TUF root.json, from which newer trusted roots are to be reached.
std::string_view embedded_tuf_root();
// A signing config (version 0.2): the services to sign with.
std::string_view embedded_signing_config();

struct EmbeddedOrigin {
  std::string_view package;
  std::string_view version;
  Timestamp date;           // when they were taken out of it
  std::string_view sha256;  // of the package's file
};
EmbeddedOrigin embedded_origin();

// The same of the staging instance, which is for tests.
std::string_view embedded_staging_trusted_root();
std::string_view embedded_staging_tuf_root();
std::string_view embedded_staging_signing_config();
EmbeddedOrigin embedded_staging_origin();

}  // namespace sigstore
