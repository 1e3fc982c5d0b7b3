// SPDX-License-Identifier: Apache-2.0
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/encoding.h"
#include "core/crypto/timestamp_token.h"
#include "tests/fuzz/fuzz.h"

namespace {

using sigstore::Certificate;
using sigstore::require;

// The authority that the seeds are by, made with openssl; its keys are gone.
constexpr std::string_view kLeaf =
    "308201783082011ea003020102020107300a06082a8648ce3d040302300f310d300b06"
    "035504030c04726f6f743020170d3236313132323039323535305a180f323132353036"
    "31363039323535305a300e310c300a06035504030c037473613059301306072a8648ce"
    "3d020106082a8648ce3d03010703420004d0b5a7532dc2d7f1178e912bc4e1b7fdf644"
    "51be05861c3663dc29c6de62f4b3e820b125e3edb7e9755ee9d3f376a07300318c962a"
    "6cb7a8ac7388804ba8f912a36a3068300e0603551d0f0101ff04040302078030160603"
    "551d250101ff040c300a06082b06010505070308301d0603551d0e04160414c7501cea"
    "1cc8227b6113afe0403812137d3445e1301f0603551d2304183016801492feef527639"
    "e9c0f62b4c3f8359a0f25d87229c300a06082a8648ce3d0403020348003045022051df"
    "1643b40d2af98003c806d1b03787b5596dfefffa5edb8e4d1f4c32499f36022100a6a1"
    "9b0ca3cd35dbd5e874ef92d4e6e2e6185ec6b08d6e04f072e6c63a1f35d7";
constexpr std::string_view kRoot =
    "308201633082010aa00302010202145c20dbf1a62bf9ee1de76bbf4dd29db963500466"
    "300a06082a8648ce3d040302300f310d300b06035504030c04726f6f743020170d3236"
    "313132323039323535305a180f32313236313032393039323535305a300f310d300b06"
    "035504030c04726f6f743059301306072a8648ce3d020106082a8648ce3d0301070342"
    "0004328ad0d2fcef06a06fb448fa893837e34c112b40ea6d47cc0b01a450237c8b3da9"
    "fb7eb270ce342ad6c7df97d09ed887eee8f00f3a95caaf2988da58b47ab1a4a3423040"
    "300f0603551d130101ff040530030101ff300e0603551d0f0101ff040403020204301d"
    "0603551d0e0416041492feef527639e9c0f62b4c3f8359a0f25d87229c300a06082a86"
    "48ce3d040302034700304402205a18d9b9ac3aee000fa4e8acab810e8d0a9202ae0d05"
    "2816c17ff0a629589d6d022034bf82406fdd41a1ca368d43c8096fad67d43fef97f930"
    "52fdc7eb33265aee29";
// When it signed the two seeds.
bool is_signed_time(sigstore::Timestamp time) {
  const std::string text = time.to_rfc3339();
  return text == "2026-11-22T09:25:50Z" || text == "2026-11-22T09:25:51Z";
}

std::vector<Certificate> authority() {
  std::vector<Certificate> chain;
  for (const std::string_view hex : {kLeaf, kRoot}) {
    auto certificate = Certificate::from_der(*sigstore::from_hex(hex));
    require(certificate.ok(), "the authority is read");
    chain.push_back(std::move(*certificate));
  }
  return chain;
}

}  // namespace

// Nobody can sign for the authority: whatever is done to a response, the time
// that it proves stays the one that was signed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const std::vector<Certificate> kChain = authority();
  const auto response =
      sigstore::TimestampResponse::from_der(sigstore::ByteView(data, size));
  if (!response.ok()) return sigstore::finish(false);
  const sigstore::ByteView message = sigstore::as_bytes("message");
  const auto time = response->verify(message, kChain);
  if (time.ok()) {
    require(*time == response->claimed_time(), "the time is the claimed one");
    require(is_signed_time(*time), "the time is the signed one");
    require(response->names_signer(kChain.front()), "the leaf signed");
  }
  require(!response->verify(sigstore::as_bytes("other"), kChain).ok(),
          "nothing is proved of another message");
  // Where the token must bring its signer.
  const auto anchor = std::span(kChain).last(1);
  const auto brought = response->verify(message, anchor);
  require(!brought.ok() || is_signed_time(*brought),
          "the time is the signed one");
  return sigstore::finish(true);
}
