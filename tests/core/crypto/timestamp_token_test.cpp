// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/timestamp_token.h"

#include "tests/core/refuses.h"
#include "tests/support/sigstore_vectors.h"
#include "tests/support/vectors.h"

using sigstore::as_bytes;
using sigstore::Bytes;
using sigstore::ByteView;
using sigstore::Certificate;
using sigstore::ErrorKind;
using sigstore::Timestamp;
using sigstore::TimestampResponse;

namespace {

TimestampResponse response_of(ByteView der) {
  auto response = TimestampResponse::from_der(der);
  REQUIRE(works(response));
  return std::move(*response);
}

const VectorAuthority* authority_of(const VectorCase& one,
                                    const TimestampResponse& response) {
  for (const VectorAuthority& authority : one.root.timestamp_authorities)
    if (response.names_signer(authority.chain.front())) return &authority;
  return nullptr;
}

}  // namespace

TEST_CASE("timestamps of passing cases verify", "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  std::size_t count = 0;
  for (const VectorCase& one : passing_cases(*vectors)) {
    for (const Bytes& der : one.bundle.timestamps) {
      CAPTURE(one.name);
      const TimestampResponse response = response_of(der);
      const VectorAuthority* authority = authority_of(one, response);
      REQUIRE(authority != nullptr);
      const auto time = response.verify(one.signature(), authority->chain);
      REQUIRE(works(time));
      CHECK(*time == response.claimed_time());
      CHECK(authority->valid.contains(*time));
      ++count;
    }
  }
  CHECK(count >= 6);
}
