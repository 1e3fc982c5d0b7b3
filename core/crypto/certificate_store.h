// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to crypto/: how every path to an anchor is checked.

#include <openssl/x509_vfy.h>

#include <span>

#include "core/base/handle.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/certificate.h"

namespace sigstore {

using StoreHandle = Handle<X509_STORE, X509_STORE_free>;

struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const noexcept;
};
using StackHandle = std::unique_ptr<STACK_OF(X509), FreeStack>;

// Trusts exactly `anchors`, self-signed or not, and checks at `at`.
Result<StoreHandle> make_store(std::span<const Certificate> anchors,
                               Timestamp at);

// A stack that shares the certificates.
Result<StackHandle> make_stack(std::span<const Certificate> certificates);

}  // namespace sigstore
