// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sigstore::hub {

// How files that are not whole yet are called:
//
//   <stem>.hfsig-<8 hex>.incomplete        the bytes
//   <stem>.hfsig-<8 hex>.json.incomplete   what is known of them
//
// huggingface_hub takes both for leftovers ("*.incomplete"), which is what
// they are, and adopts neither (its own are "<etag>.<8 hex>.incomplete").
std::string partial_name(std::string_view stem, std::string_view random);
// Of a partial by its name or path.
std::string sidecar_name(std::string_view partial);

struct PartialName {
  std::string stem;
  std::string random;
  bool is_sidecar = false;
};
// Nothing for a name that is not ours.
std::optional<PartialName> parse_partial_name(std::string_view name);

}  // namespace sigstore::hub
