// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>

#include "core/app/terminal.h"
#include "core/app/trust_file.h"
#include "core/http/client.h"
#include "core/http/stream_client.h"
#include "hub-client/hub/access_token.h"
#include "hub-client/hub/hub_url.h"
#include "hub-client/proxy/pool.h"
#include "hub-client/proxy/records.h"
#include "hub-client/store/hub_cache.h"

namespace sigstore::hub {

// What the parts of the proxy work with; lives longer than all of them.
struct ProxyTools {
  Endpoint endpoint;
  CacheOptions cache;
  TrustFile trust_file;
  const Terminal& terminal;
  AccessToken token;  // for those who bring none; empty unless asked for
  Pool<http::Client> networks;
  Pool<http::StreamClient> streams;
  Records records = {};
  std::atomic<bool> stop{false};
};

// Whoever asks. What is found out with one's token is told to nobody else.
struct Caller {
  AccessToken token;
  std::string key;  // stands for the token: its SHA-256, "" for none
};

}  // namespace sigstore::hub
