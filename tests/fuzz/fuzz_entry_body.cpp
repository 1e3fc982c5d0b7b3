// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "core/tlog/entry_body.h"
#include "tests/fuzz/fuzz.h"

namespace sigstore {
namespace {

// The generator of P-256, which make_seeds.py has too.
constexpr std::string_view kPem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
    "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
    "-----END PUBLIC KEY-----\n";

VerificationKey make_key() {
  auto key = VerificationKey::from_pem(kPem);
  require(key.ok(), "the key parses");
  return *std::move(key);
}

LoggedSignature about(ByteView signature, const DsseEnvelope* envelope,
                      ByteView content) {
  static const VerificationKey key = make_key();
  return {signature,
          key,
          envelope,
          {hash_bytes(SignatureHash::sha256, content), {}, {}}};
}

// A body that is about this is not about anything else.
bool check(const TlogEntry& entry, const DsseEnvelope* envelope) {
  const Bytes signature = to_bytes("signature");
  const Bytes other = to_bytes("signaturf");
  const Bytes content = to_bytes("content");
  if (!check_entry_body(entry, about(signature, envelope, content)).ok())
    return false;
  require(!check_entry_body(entry, about(other, envelope, content)).ok(),
          "an entry is about one signature");
  if (envelope == nullptr) {
    require(!check_entry_body(entry, about(signature, nullptr, other)).ok(),
            "an entry is about one message");
    return true;
  }
  DsseEnvelope changed = *envelope;
  changed.payload.push_back(' ');
  require(!check_entry_body(entry, about(signature, &changed, {})).ok(),
          "an entry is about one payload");
  return true;
}

}  // namespace
}  // namespace sigstore

// "kind version", a newline, the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::to_bytes;
  const std::string_view text = sigstore::as_text({data, size});
  const std::size_t space = text.find(' ');
  const std::size_t line = text.find('\n');
  if (line == text.npos || space > line) return sigstore::finish(false);
  sigstore::TlogEntry entry;
  entry.kind = text.substr(0, space);
  entry.version = text.substr(space + 1, line - space - 1);
  entry.canonicalized_body = to_bytes(text.substr(line + 1));
  static_cast<void>(sigstore::logged_hash(entry));
  const sigstore::DsseEnvelope envelope{"application/vnd.in-toto+json",
                                        to_bytes("{}"), to_bytes("signature"),
                                        ""};
  const bool message = sigstore::check(entry, nullptr);
  const bool statement = sigstore::check(entry, &envelope);
  sigstore::require(!message || !statement,
                    "an entry is about a message or an envelope");
  return sigstore::finish(message || statement);
}
