// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/manifest/manifest.h"
#include "core/manifest/signature_file.h"

namespace sigstore {

// Which files of a model a manifest is about.
struct Selection {
  Exclusions exclusions = Exclusions::defaults();
  // Looked at although the exclusions cover them: a signature may list such
  // paths, and what is listed is always compared (OMS v1.0 8.4.8).
  std::set<std::string> despite = {};
  // When given, only these paths are looked at, whatever else is there.
  std::optional<std::set<std::string>> only = std::nullopt;

  // Is this file one of them?
  bool has_file(const std::string& path) const;
  // Can one of them be below this folder?
  bool has_folder(const std::string& path) const;
};

// A model, wherever its bytes are.
class Content {
 public:
  virtual ~Content() = default;

  // The manifest of the selected files as they are now. `parameters` say how;
  // its ignore_paths are copied, not applied. Errors: unsafe_tree for what no
  // manifest can describe, incomplete when bytes that decide are not here,
  // io, unsupported. A model without files gives an empty manifest.
  virtual Result<Manifest> manifest(const Parameters& parameters,
                                    const Selection& selection) = 0;

  // What people should know of the last manifest() beside it.
  virtual std::vector<std::string> notes() const { return {}; }

  // The base name of a model that is one file; "" for a folder.
  virtual std::string single_file_name() const { return {}; }
};

}  // namespace sigstore
