// SPDX-License-Identifier: Apache-2.0
#include "hooks/signed_push.h"

#include <string>
#include <utility>
#include <vector>

#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::encode_signed_pushes;
using sigstore::ErrorKind;
using sigstore::parse_signed_pushes;
using sigstore::SignedPush;

namespace {

// The generator of P-256 (SEC 2, 2.4.2).
constexpr const char* kPem =
    "-----BEGIN PUBLIC KEY-----\\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\\n"
    "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\\n"
    "-----END PUBLIC KEY-----\\n";

std::string note(const std::string& from = "", const std::string& to = "") {
  std::string text =
      R"({"version":1,"pushes":[{"repository":"h.example/org/m",)"
      R"("ref":"refs/heads/main",)"
      R"("tracking":"refs/remotes/origin/main",)"
      R"("before":")" +
      std::string(40, '1') + R"(","commit":")" + std::string(40, '2') +
      R"(","bundle":")" + std::string(64, 'a') +
      R"(","signedAt":"2026-03-04T05:06:07Z","publicKey":")" + kPem + R"("}]})";
  if (!from.empty()) text.replace(text.find(from), from.size(), to);
  return text;
}

sigstore::Result<std::vector<SignedPush>> parse(const std::string& text) {
  return parse_signed_pushes(as_bytes(text));
}

}  // namespace

TEST_CASE("the note of a push is read as it was written", "[hooks]") {
  const auto pushes = parse(note());
  REQUIRE(works(pushes));
  REQUIRE(pushes->size() == 1);
  const SignedPush& push = (*pushes)[0];
  CHECK(push.repository.to_string() == "h.example/org/m");
  CHECK(push.tracking == "refs/remotes/origin/main");
  CHECK(push.record.commit == std::string(40, '2'));
  CHECK(push.record.signer == push.signer.id());
  const std::string written = encode_signed_pushes(*pushes);
  const auto again = parse(written);
  REQUIRE(works(again));
  CHECK(encode_signed_pushes(*again) == written);
}

TEST_CASE("the note of a push that an identity signed", "[hooks]") {
  std::string text = note();
  const std::size_t start = text.find(R"("publicKey")");
  text.replace(start, text.rfind('}', text.size() - 2) - start,
               R"("identity":"a@b.example","issuer":"https://i.example")");
  const auto pushes = parse(text);
  REQUIRE(works(pushes));
  CHECK((*pushes)[0].record.signer == "a@b.example https://i.example");
  CHECK(encode_signed_pushes(*pushes) ==
        encode_signed_pushes(*parse(encode_signed_pushes(*pushes))));
}

TEST_CASE("a damaged note of a push is refused", "[hooks]") {
  for (const auto& [from, to] :
       {std::pair{"h.example/org/m", "../../x"},
        std::pair{"1111111111", "111111111"}, std::pair{"2222", "zzzz"},
        std::pair{"aaaa", "a"}, std::pair{"2026-03-04", "soon"},
        std::pair{"BEGIN PUBLIC", "BEGIN PRIVATE"},
        std::pair{"\"ref\"", "\"rf\""},
        std::pair{"\"refs/remotes/origin/main\"", "7"},
        std::pair{"[", "7,\"x\":["}, std::pair{"}]}", ""}}) {
    CAPTURE(from);
    CHECK(refuses(parse(note(from, to)), ErrorKind::invalid_input, ""));
  }
}
