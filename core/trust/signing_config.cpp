// SPDX-License-Identifier: Apache-2.0
#include "core/trust/signing_config.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/trust/trust_json.h"

namespace sigstore {
namespace {

constexpr std::string_view kMediaType =
    "application/vnd.dev.sigstore.signingconfig.v0.2+json";
constexpr std::string_view kClientMediaType =
    "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json";

Error invalid(std::string_view what) {
  return fail(ErrorKind::invalid_input, what);
}

Result<void> check_media_type(const Json& root, std::string_view expected) {
  TRY_ASSIGN(const std::string_view type, string_member(root, "mediaType"));
  if (type != expected)
    return fail(ErrorKind::unsupported, "media type '", type, "'");
  return {};
}

Result<Service> parse_service(const Json& object) {
  if (!object.is_object()) return invalid("not an object");
  Service service;
  TRY_ASSIGN(const std::string_view url, string_member(object, "url"));
  if (url.empty()) return invalid("'url' is empty");
  service.url = url;
  TRY_ASSIGN(const std::int64_t version,
             int64_member(object, "majorApiVersion"));
  if (version > std::numeric_limits<int>::max())
    return invalid("'majorApiVersion' is too large");
  service.api_version = static_cast<int>(version);
  TRY_ASSIGN(service.valid, validity_member(object, "validFor"));
  TRY_ASSIGN(service.operator_name, optional_string(object, "operator"));
  return service;
}

Result<std::vector<Service>> parse_services(const Json& root,
                                            std::string_view name) {
  std::vector<Service> services;
  TRY_ASSIGN(const Json* list, list_member(root, name));
  for (const Json& item : *list) {
    Result<Service> parsed = parse_service(item);
    TRY_ASSIGN(Service service, std::move(parsed).context(
                                    concat(name, "[", services.size(), "]")));
    services.push_back(std::move(service));
  }
  return services;
}

// A selector that is not known selects nothing: undefined.
Result<ServiceSelection> parse_selection(const Json& root,
                                         std::string_view name) {
  ServiceSelection selection;
  if (find_member(root, name) == nullptr) return selection;
  TRY_ASSIGN(const Json* object, object_member(root, name));
  TRY_ASSIGN(const std::string selector, enum_member(*object, "selector"));
  using enum ServiceSelection::Selector;
  if (selector == "ALL" || selector == "1") selection.selector = all;
  if (selector == "ANY" || selector == "2") selection.selector = any;
  if (selector == "EXACT" || selector == "3") selection.selector = exact;
  TRY_ASSIGN(const std::int64_t count, int64_member(*object, "count"));
  if (count > std::numeric_limits<std::uint32_t>::max())
    return invalid("'count' is too large");
  selection.count = static_cast<std::uint32_t>(count);
  return selection;
}

Result<SigningConfig> parse_config(std::string_view text) {
  TRY_ASSIGN(const Json json, parse_json(text));
  TRY(check_media_type(json, kMediaType));
  SigningConfig config;
  TRY_ASSIGN(config.certificate_authorities, parse_services(json, "caUrls"));
  TRY_ASSIGN(config.identity_providers, parse_services(json, "oidcUrls"));
  TRY_ASSIGN(config.tlogs, parse_services(json, "rekorTlogUrls"));
  TRY_ASSIGN(config.timestamp_authorities, parse_services(json, "tsaUrls"));
  TRY_ASSIGN(config.tlog_selection, parse_selection(json, "rekorTlogConfig"));
  TRY_ASSIGN(config.timestamp_selection, parse_selection(json, "tsaConfig"));
  return config;
}

// The services to choose from, best first; see the header.
std::vector<Service> usable(const std::vector<Service>& offered,
                            const std::vector<int>& versions, Timestamp now) {
  // 1. Valid now, of a version that is implemented.
  std::vector<Service> services;
  std::copy_if(offered.begin(), offered.end(), std::back_inserter(services),
               [&](const Service& service) {
                 return service.valid.contains(now) &&
                        std::find(versions.begin(), versions.end(),
                                  service.api_version) != versions.end();
               });
  // 2. Versions are never mixed: the highest of them.
  int highest = 0;
  for (const Service& service : services)
    highest = std::max(highest, service.api_version);
  std::erase_if(services, [&](const Service& service) {
    return service.api_version != highest;
  });
  // 3. Newest first, and of each operator only that one.
  std::stable_sort(services.begin(), services.end(),
                   [](const Service& a, const Service& b) {
                     return a.valid.start_ms > b.valid.start_ms;
                   });
  std::vector<Service> chosen;
  for (Service& service : services) {
    const bool known =
        std::any_of(chosen.begin(), chosen.end(), [&](const Service& other) {
          return other.operator_name == service.operator_name;
        });
    if (!known) chosen.push_back(std::move(service));
  }
  return chosen;
}

Result<ClientTrustConfig> parse_client_config(std::string_view text) {
  TRY_ASSIGN(const Json json, parse_json(text));
  TRY(check_media_type(json, kClientMediaType));
  TRY_ASSIGN(const Json* root, object_member(json, "trustedRoot"));
  TRY_ASSIGN(const Json* config, object_member(json, "signingConfig"));
  return ClientTrustConfig{root->dump(), config->dump()};
}

}  // namespace

Result<SigningConfig> parse_signing_config(ByteView json) {
  if (json.size() > limits::kSigningConfig)
    return fail(ErrorKind::invalid_input, "signing config: larger than ",
                limits::kSigningConfig, " bytes");
  return parse_config(as_text(json)).context("signing config");
}

Result<std::vector<Service>> select_services(
    const std::vector<Service>& offered, const ServiceSelection& selection,
    const std::vector<int>& versions, Timestamp now) {
  using enum ServiceSelection::Selector;
  std::vector<Service> services = usable(offered, versions, now);
  if (selection.selector == undefined)
    return invalid("the signing config does not say how many services to use");
  if (services.empty())
    return invalid("the signing config has no service that is usable now");
  if (selection.selector != exact) return services;
  if (selection.count == 0)
    return invalid("the signing config asks for exactly 0 services");
  if (services.size() < selection.count)
    return fail(ErrorKind::invalid_input, "the signing config asks for ",
                selection.count, " services of different operators and has ",
                services.size());
  services.resize(selection.count);
  return services;
}

Result<Service> select_service(const std::vector<Service>& offered,
                               const std::vector<int>& versions,
                               Timestamp now) {
  std::vector<Service> services = usable(offered, versions, now);
  if (services.empty())
    return invalid("the signing config has no service that is usable now");
  return std::move(services.front());
}

Result<ClientTrustConfig> parse_client_trust_config(ByteView json) {
  if (json.size() > limits::kTrustedRoot + limits::kSigningConfig)
    return fail(ErrorKind::invalid_input, "client trust config: too large");
  return parse_client_config(as_text(json)).context("client trust config");
}

}  // namespace sigstore
