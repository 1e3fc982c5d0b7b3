// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "tests/support/catch.h"

// True when `result` is an error of this kind whose message holds `phrase`;
// otherwise the failed check shows what it is instead.
//
//   CHECK(refuses(parse_tree(bytes, 20), ErrorKind::invalid_input, "bad
//   mode"));
template <class T>
bool refuses(const sigstore::Result<T>& result, sigstore::ErrorKind kind,
             std::string_view phrase) {
  if (result.ok()) {
    UNSCOPED_INFO("there is no error");
    return false;
  }
  const sigstore::Error& error = result.error();
  UNSCOPED_INFO("error " << sigstore::kind_name(error.kind) << ": "
                         << error.message);
  UNSCOPED_INFO("wanted " << sigstore::kind_name(kind) << ": ..." << phrase
                          << "...");
  return error.kind == kind && error.message.find(phrase) != std::string::npos;
}

// True for success; otherwise the failed check shows the error.
template <class T>
bool works(const sigstore::Result<T>& result) {
  if (result.ok()) return true;
  UNSCOPED_INFO("error " << sigstore::kind_name(result.error().kind) << ": "
                         << result.error().message);
  return false;
}
