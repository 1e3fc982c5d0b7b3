// SPDX-License-Identifier: Apache-2.0
#include "core/base/result.h"

#include <string>

#include "tests/support/catch.h"

using sigstore::Error;
using sigstore::ErrorKind;
using sigstore::fail;
using sigstore::Result;

namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail(ErrorKind::invalid_input, number, " is odd");
  return number / 2;
}

Result<std::string> describe_quarter(int number) {
  TRY_ASSIGN(const int first, half(number));
  TRY(half(first).context("second step"));
  return std::to_string(first / 2);
}

}  // namespace

TEST_CASE("TRY hands a value on and leaves with the first error", "[base]") {
  CHECK(describe_quarter(8).value() == "2");
  CHECK(describe_quarter(7).error().message == "7 is odd");
  CHECK(describe_quarter(6).error().message == "second step: 3 is odd");
  CHECK(describe_quarter(6).error().kind == ErrorKind::invalid_input);
}

TEST_CASE("every kind of no is a refusal, every could-not-tell is not",
          "[base]") {
  CHECK_FALSE(sigstore::is_refusal(ErrorKind::unknown_signer));
  CHECK_FALSE(sigstore::is_refusal(ErrorKind::internal));
  CHECK(sigstore::is_refusal(ErrorKind::unsigned_content));
  CHECK(sigstore::is_refusal(ErrorKind::rollback));
}
