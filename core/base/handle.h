// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

namespace sigstore {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* pointer) const noexcept {
    Free(pointer);
  }
};

// Owner of a C object: using BioHandle = Handle<BIO, BIO_free_all>;
template <class T, auto Free>
using Handle = std::unique_ptr<T, FreeWith<Free>>;

}  // namespace sigstore
