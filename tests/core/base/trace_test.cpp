// SPDX-License-Identifier: Apache-2.0
#include "core/base/trace.h"

#include "tests/core/refuses.h"

using sigstore::ErrorKind;
using sigstore::Result;
using sigstore::Trace;

TEST_CASE("a trace keeps the outcome of each step in order", "[base]") {
  Trace trace;
  CHECK(trace.step("first", "a source", Result<int>(7)).value() == 7);
  const Result<int> no = trace.step(
      "second", "another",
      Result<int>(sigstore::fail(ErrorKind::bad_signature, "it is wrong")));
  CHECK(refuses(no, ErrorKind::bad_signature, "it is wrong"));
  REQUIRE(trace.steps().size() == 2);
  CHECK(trace.steps()[0].passed);
  CHECK(trace.steps()[0].outcome.empty());
  CHECK_FALSE(trace.steps()[1].passed);
  CHECK(trace.steps()[1].rule == "second");
  CHECK(trace.steps()[1].source == "another");
  CHECK(trace.steps()[1].outcome == "it is wrong");
}
