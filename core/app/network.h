// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/http/client.h"

namespace sigstore {

// The network, with certificates where the environment says (CURL_CA_BUNDLE,
// SSL_CERT_FILE, SSL_CERT_DIR), as the curl program has it. libcurl is loaded
// for the first request, which the signing of what is signed already never
// makes.
std::unique_ptr<http::Client> make_network();

}  // namespace sigstore
