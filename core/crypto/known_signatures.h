// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>
#include <utility>

#include "core/base/digest.h"

namespace sigstore {

// Which certificates of authorities were seen signed by which keys. That stays
// true, and checking it anew for each of many bundles is most of the work: the
// public instance's authorities sign with P-384. For one thread.
class KnownSignatures {
 public:
  struct Link {
    Sha256Digest certificate;  // of all of it, the signature included
    Sha256Digest issuer_key;   // of its SubjectPublicKeyInfo
    auto operator<=>(const Link&) const = default;
  };

  bool contains(const Link& link) const { return links_.contains(link); }
  // Forgets nothing, and after kMost remembers nothing more.
  void add(const Link& link) {
    if (links_.size() < kMost) links_.insert(link);
  }
  std::size_t size() const { return links_.size(); }

  static constexpr std::size_t kMost = 1024;

 private:
  std::set<Link> links_;
};

}  // namespace sigstore
