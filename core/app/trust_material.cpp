// SPDX-License-Identifier: Apache-2.0
#include "core/app/trust_material.h"

#include <utility>

#include "core/base/file.h"
#include "core/base/limits.h"

namespace sigstore {

Result<TrustMaterial> load_trust_material(const std::string& file,
                                          Timestamp now) {
  static_cast<void>(now);
  if (file.empty())
    return fail(ErrorKind::stale_trust, "there is no trusted root");
  TRY_ASSIGN(const Bytes json, read_file(file, limits::kTrustedRoot));
  Result<TrustedRoot> root = parse_trusted_root(json);
  if (!root.ok()) return std::move(root).error().context(file);
  return TrustMaterial{std::move(*root), file, std::nullopt, {}};
}

}  // namespace sigstore
