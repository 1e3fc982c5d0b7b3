// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"

// Which services to sign with (protobuf-specs, sigstore_trustroot.proto,
// SigningConfig v0.2). Pure.
namespace sigstore {

struct Service {
  std::string url;
  int api_version = 0;
  ValidityPeriod valid;
  std::string operator_name;
  bool operator==(const Service&) const = default;
};

struct ServiceSelection {
  enum class Selector : std::uint8_t { undefined, all, any, exact };
  Selector selector = Selector::undefined;
  std::uint32_t count = 0;
  bool operator==(const ServiceSelection&) const = default;
};

struct SigningConfig {
  std::vector<Service> certificate_authorities;  // caUrls
  std::vector<Service> identity_providers;       // oidcUrls
  std::vector<Service> tlogs;                    // rekorTlogUrls
  std::vector<Service> timestamp_authorities;    // tsaUrls
  ServiceSelection tlog_selection;
  ServiceSelection timestamp_selection;
};

// Version 0.2; `unsupported` for 0.1, whose plain strings say too little.
Result<SigningConfig> parse_signing_config(ByteView json);

// The services of `offered` to use now: valid at `now`, of the highest of
// the implemented `versions` that is offered, newest first, one of each
// operator; then all of them (`all`), `count` (`exact`) or the whole list to
// try in turn (`any`). invalid_input when the selection cannot be met.
Result<std::vector<Service>> select_services(
    const std::vector<Service>& offered, const ServiceSelection& selection,
    const std::vector<int>& versions, Timestamp now);

// The one certificate authority or identity provider to use: the first of
// the same order.
Result<Service> select_service(const std::vector<Service>& offered,
                               const std::vector<int>& versions, Timestamp now);

// A ClientTrustConfig (v0.1): both files in one, each as its own JSON text.
struct ClientTrustConfig {
  std::string trusted_root;
  std::string signing_config;
};
Result<ClientTrustConfig> parse_client_trust_config(ByteView json);

}  // namespace sigstore
