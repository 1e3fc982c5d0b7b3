// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/http/client.h"
#include "core/tuf/tuf_repository.h"

namespace sigstore {

// A repository on a web server: metadata at `base`, targets below
// `base`/targets/, as Sigstore's instances have them.
class HttpRepository final : public TufRepository {
 public:
  // `client` lives longer. `base` is an http or https URL; http is for this
  // machine only.
  HttpRepository(http::Client& client, std::string base)
      : client_(client), base_(std::move(base)) {}

  Result<Bytes> fetch_metadata(const std::string& path,
                               std::size_t limit) override;
  Result<Bytes> fetch_target(const std::string& path,
                             std::size_t limit) override;

 private:
  Result<Bytes> fetch(const std::string& url, std::size_t limit);

  http::Client& client_;
  std::string base_;
};

}  // namespace sigstore
