// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/tuf/tuf_repository.h"

// Instances of Sigstore, each known by the URL of the TUF repository that says
// whom to believe there. What was fetched stands below data_folder(), a folder
// an instance, and is verified again each time it is read.
namespace sigstore {

// The public instance's; the root that starts it is built in.
inline constexpr std::string_view kPublicInstance =
    "https://tuf-repo-cdn.sigstore.dev";

struct InstanceTrust {
  std::string url;
  Bytes trusted_root;    // trusted_root.json
  Bytes signing_config;  // signing_config.v0.2.json; empty: it has none
  std::int64_t root_version = 1;
  Timestamp root_expires;
  // When the first of its files expires: until then nothing newer was missed.
  Timestamp fresh_until;
};

// `url` as instances are remembered by: parsed, no slash at the end.
Result<std::string> instance_url(std::string_view url);

// What was fetched before; nothing when that never happened. Expiry is the
// caller's business.
Result<std::optional<InstanceTrust>> stored_instance(std::string_view url,
                                                     Timestamp now);

// The trusted root alone and nobody's word for it: to see whether it changed.
// An empty URL is the public instance; not_found when there is none.
Result<Bytes> stored_trusted_root(std::string_view url);

// A file that is written anew when the instance is fetched; not_found when it
// never was.
Result<std::filesystem::path> refresh_stamp(const std::string& url);

// Fetches what is new (TUF 1.0.34 section 5). An instance other than the
// public one has to be known.
Result<InstanceTrust> update_instance(std::string_view url,
                                      TufRepository& repository, Timestamp now);

// Makes an instance known by its root.json, or starts it anew: all that was
// remembered of it goes, once the new chain stands.
Result<InstanceTrust> add_instance(std::string_view url, ByteView root,
                                   TufRepository& repository, Timestamp now);

}  // namespace sigstore
