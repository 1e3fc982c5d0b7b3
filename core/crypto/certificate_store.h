// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to crypto/: how every path to an anchor is checked.

#include <openssl/x509_vfy.h>

#include <span>

#include "core/base/handle.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/certificate.h"
#include "core/crypto/known_signatures.h"

namespace sigstore {

using StoreHandle = Handle<X509_STORE, X509_STORE_free>;

struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const noexcept;
};
using StackHandle = std::unique_ptr<STACK_OF(X509), FreeStack>;

// What a path may take as known.
struct PathMemory {
  KnownSignatures* known = nullptr;  // may be null
  bool has_leaf = false;             // the leaf is an authority's too
};

// Trusts exactly `anchors`, self-signed or not, and checks at `at`. The memory
// lives longer than the store.
Result<StoreHandle> make_store(std::span<const Certificate> anchors,
                               Timestamp at, PathMemory& memory);

// A stack that shares the certificates.
Result<StackHandle> make_stack(std::span<const Certificate> certificates);

}  // namespace sigstore
