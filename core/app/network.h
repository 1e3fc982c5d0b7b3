// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/base/result.h"
#include "core/http/client.h"
#include "core/http/stream_client.h"

namespace sigstore {

// The network, with certificates where the environment says (CURL_CA_BUNDLE,
// SSL_CERT_FILE, SSL_CERT_DIR), as the curl program has it. libcurl is loaded
// for the first request, which the signing of what is signed already never
// makes.
std::unique_ptr<http::Client> make_network();
// The same for what is too large to be in memory; libcurl is loaded at once.
Result<std::unique_ptr<http::StreamClient>> make_stream_network();

}  // namespace sigstore
