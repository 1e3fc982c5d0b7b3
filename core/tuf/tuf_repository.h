// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace sigstore {

// Where a repository's files come from.
class TufRepository {
 public:
  virtual ~TufRepository() = default;
  // `path` is relative and needs no quoting. not_found when the server says
  // so (404, or 403 as object stores do); invalid_input for more than `limit`
  // bytes; network for the rest.
  virtual Result<Bytes> fetch_metadata(const std::string& path,
                                       std::size_t limit) = 0;
  virtual Result<Bytes> fetch_target(const std::string& path,
                                     std::size_t limit) = 0;
};

}  // namespace sigstore
