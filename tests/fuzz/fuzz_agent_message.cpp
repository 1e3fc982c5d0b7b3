// SPDX-License-Identifier: Apache-2.0
#include "core/app/agent_message.h"
#include "tests/fuzz/fuzz.h"

// What comes to the socket of the login agent.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 4) return sigstore::finish(false);
  const sigstore::ByteView frame(data, size);
  const auto length = sigstore::frame_size(frame);
  if (!length.ok() || *length != size - 4) return sigstore::finish(false);
  const auto request =
      sigstore::parse_agent_request(sigstore::as_text(frame.subspan(4)));
  if (!request.ok()) return sigstore::finish(false);
  const auto again =
      sigstore::parse_agent_request(sigstore::write_agent_request(*request));
  sigstore::require(again.ok() && again->name == request->name &&
                        again->login.has_value() == request->login.has_value(),
                    "a request reads the same again");
  return sigstore::finish(true);
}
