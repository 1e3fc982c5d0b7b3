// SPDX-License-Identifier: Apache-2.0
#include "core/sign/signing_services.h"

#include <utility>

namespace sigstore {
namespace {

Result<ServiceGroup> choose(const std::vector<Service>& offered,
                            const ServiceSelection& selection,
                            const std::vector<int>& versions, Timestamp now) {
  TRY_ASSIGN(std::vector<Service> services,
             select_services(offered, selection, versions, now));
  return ServiceGroup{std::move(services),
                      selection.selector == ServiceSelection::Selector::any};
}

}  // namespace

Result<SigningServices> choose_services(const SigningConfig& config,
                                        Timestamp now) {
  SigningServices chosen;
  TRY_ASSIGN(chosen.certificate_authority,
             select_service(config.certificate_authorities, {1}, now)
                 .context("certificate authorities"));
  TRY_ASSIGN(chosen.tlogs,
             choose(config.tlogs, config.tlog_selection, {1, 2}, now)
                 .context("transparency logs"));
  const bool needs_time = chosen.tlogs.services.front().api_version == 2;
  if (config.timestamp_authorities.empty() && !needs_time) return chosen;
  TRY_ASSIGN(
      chosen.timestamp_authorities,
      choose(config.timestamp_authorities, config.timestamp_selection, {1}, now)
          .context("timestamp authorities"));
  return chosen;
}

}  // namespace sigstore
