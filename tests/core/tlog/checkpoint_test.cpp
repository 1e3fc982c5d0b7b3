// SPDX-License-Identifier: Apache-2.0
#include "core/tlog/checkpoint.h"

#include <string>
#include <utility>
#include <vector>

#include "core/base/encoding.h"
#include "core/crypto/message_digest.h"
#include "tests/core/refuses.h"
#include "tests/support/test_authority.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bytes;
using sigstore::Checkpoint;
using sigstore::concat;
using sigstore::ErrorKind;
using sigstore::note_key_id;
using sigstore::parse_checkpoint;
using sigstore::to_base64;
using sigstore::TransparencyLog;
using sigstore::verify_checkpoint;

namespace {

const std::string kName = "rekor.example";
const std::string kRoot = to_base64(Bytes(32, 7));
const std::string kText = kName + "\n42\n" + kRoot + "\n";
const std::string kSignature = to_base64(Bytes(10, 1));
const std::string kLine = "\u2014 " + kName + " " + kSignature + "\n";

std::string line(std::string_view name, const Bytes& key_id,
                 const Bytes& signature) {
  Bytes bytes = key_id;
  bytes.insert(bytes.end(), signature.begin(), signature.end());
  return concat("\u2014 ", name, " ", to_base64(bytes), "\n");
}

// A line as a log of this name and key makes it.
std::string signed_line(std::string_view name, const TestKey& key,
                        std::string_view text) {
  return line(name, note_key_id(name, key.public_key()),
              key.sign(as_bytes(text)));
}

TransparencyLog log_of(const TestKey& key,
                       const std::string& url = "https://rekor.example") {
  TransparencyLog log;
  log.base_url = url;
  log.key = key.public_key();
  return log;
}

sigstore::Result<void> verify(const std::string& note,
                              const TransparencyLog& log) {
  const auto checkpoint = parse_checkpoint(note);
  REQUIRE(works(checkpoint));
  return verify_checkpoint(*checkpoint, log);
}

const TestKey& log_key() {
  static const TestKey key = TestKey::make("ED25519");
  return key;
}

std::string lines(std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += kLine;
  return all;
}

}  // namespace

TEST_CASE("a checkpoint is read line by line", "[tlog]") {
  const auto checkpoint = parse_checkpoint(kText + "extension: 1\n\n" + kLine +
                                           "\u2014 w/1 " + kSignature + "\n");
  REQUIRE(works(checkpoint));
  CHECK(checkpoint->origin == kName);
  CHECK(checkpoint->tree_size == 42);
  CHECK(checkpoint->root_hash.bytes[31] == 7);
  CHECK(checkpoint->text == kText + "extension: 1\n");
  REQUIRE(checkpoint->signatures.size() == 2);
  CHECK(checkpoint->signatures[0].name == kName);
  CHECK(checkpoint->signatures[0].key_id == Bytes(4, 1));
  CHECK(checkpoint->signatures[0].signature == Bytes(6, 1));
  CHECK(checkpoint->signatures[1].name == "w/1");
}

TEST_CASE("a tree size is any number of 64 bits, in one spelling", "[tlog]") {
  const auto with_size = [](const std::string& size) {
    return parse_checkpoint(kName + "\n" + size + "\n" + kRoot + "\n\n" +
                            kLine);
  };
  for (const char* size :
       {"0", "1", "9223372036854775808", "18446744073709551615"}) {
    const auto checkpoint = with_size(size);
    REQUIRE(works(checkpoint));
    CHECK(std::to_string(checkpoint->tree_size) == size);
  }
  for (const char* size :
       {"+42", "-1", "042", "00", " 42", "42 ", "4 2", "0x2a", "42.0", "4e1",
        "18446744073709551616", "a", "\xef\xbc\x94"}) {
    CAPTURE(size);
    CHECK(refuses(with_size(size), ErrorKind::bad_evidence,
                  "the tree size is not a decimal number"));
  }
}

TEST_CASE("a malformed checkpoint is refused", "[tlog]") {
  const std::string crlf_text = kName + "\r\n42\r\n" + kRoot + "\r\n";
  const std::vector<std::pair<std::string, const char*>> rows{
      {"", "no blank line"},
      {kText, "no blank line"},
      {kText + kLine, "no blank line"},
      {crlf_text + "\r\n" + kLine, "a control character"},
      {kText + "\n" + kLine.substr(0, kLine.size() - 1) + "\r\n",
       "a control character"},
      {kText + std::string("a\0b\n", 4) + "\n" + kLine, "a control character"},
      {kText + "a\tb\n\n" + kLine, "a control character"},
      {kText + "\xff\n\n" + kLine, "not UTF-8"},
      {kText + "\n", "no signature"},
      {kText + "\n" + kLine.substr(0, kLine.size() - 1),
       "no newline at the end"},
      {kText + "\n\n" + kLine, "an empty line"},
      {kText + "\n\n\n" + kLine, "an empty line"},
      {kText + "\nextension\n\n" + kLine, "an empty line"},
      {"\n" + kText + "\n" + kLine, "an empty line"},
      {"\n42\n" + kRoot + "\n\n" + kLine, "an empty line"},
      {kText + "\n" + kLine + "\n", "an empty line"},
      {kText + "\n" + kLine + "\n" + kLine, "an empty line"},
      {kName + "\n42\n\n" + kLine, "is missing"},
      {kName + "\n" + kRoot + "\n\n" + kLine, "is missing"},
      {"42\n" + kRoot + "\n\n" + kLine, "is missing"},
      {kName + "\n42\n" + to_base64(Bytes(31, 7)) + "\n\n" + kLine,
       "the root hash is not 32 bytes"},
      {kName + "\n42\n" + kRoot.substr(0, 43) + "\n\n" + kLine,
       "the root hash is not 32 bytes"},
      {kName + "\n42\n" + kRoot + " \n\n" + kLine,
       "the root hash is not 32 bytes"},
      {kText + "\n- " + kName + " " + kSignature + "\n", "without its dash"},
      {kText + "\n\u2014" + kName + " " + kSignature + "\n",
       "without its dash"},
      {kText + "\n\u2014 " + kSignature + "\n", "without a name"},
      {kText + "\n\u2014  " + kSignature + "\n", "without a name"},
      {kText + "\n\u2014 a+b " + kSignature + "\n", "with a plus sign"},
      {kText + "\n\u2014 a b " + kSignature + "\n", "is not base64"},
      {kText + "\n\u2014 a " + to_base64(Bytes(4, 1)) + "\n", "is not base64"},
      {kText + "\n\u2014 a \n", "is not base64"},
      {kText + "\n\u2014 a " + kSignature + " \n", "is not base64"},
  };
  for (const auto& [note, phrase] : rows) {
    CAPTURE(note);
    CHECK(refuses(parse_checkpoint(note), ErrorKind::bad_evidence, phrase));
  }
}

TEST_CASE("a checkpoint has at most 100 lines and a megabyte", "[tlog]") {
  CHECK(works(parse_checkpoint(kText + "\n" + lines(96))));
  for (const std::size_t count : {97U, 5000U})
    CHECK(refuses(parse_checkpoint(kText + "\n" + lines(count)),
                  ErrorKind::bad_evidence, "more than 100 lines"));
  CHECK(refuses(
      parse_checkpoint(kText + std::string(1 << 20, 'x') + "\n\n" + kLine),
      ErrorKind::bad_evidence, "larger than 1048576 bytes"));
}

TEST_CASE("logs of every algorithm sign checkpoints", "[tlog]") {
  for (const char* kind : {"ED25519", "P-256", "P-384", "P-521", "RSA-2048"}) {
    CAPTURE(kind);
    const TestKey key = TestKey::make(kind);
    const std::string good = kText + "\n" + signed_line(kName, key, kText);
    CHECK(works(verify(good, log_of(key))));
    const std::string changed = kName + "\n43\n" + kRoot + "\n";
    CHECK(refuses(
        verify(changed + "\n" + signed_line(kName, key, kText), log_of(key)),
        ErrorKind::bad_evidence,
        "the signature of log rekor.example is wrong"));
    const TestKey stranger = TestKey::make(kind);
    CHECK(refuses(verify(good, log_of(stranger)), ErrorKind::bad_evidence,
                  "not signed by log rekor.example"));
  }
}

TEST_CASE("key ids are those of signed notes, and for ECDSA of the key alone",
          "[tlog]") {
  const auto first4 = [](const std::string& text) {
    const auto hash = sigstore::sha256(as_bytes(text));
    return Bytes(hash.bytes.begin(), hash.bytes.begin() + 4);
  };
  const TestKey ed25519 = TestKey::make("ED25519");
  CHECK(note_key_id("a/b", ed25519.public_key()) ==
        first4("a/b\n\x01" + std::string(as_text(ed25519.public_key().raw()))));
  const TestKey rsa = TestKey::make("RSA-2048");
  CHECK(note_key_id("a/b", rsa.public_key()) ==
        first4("a/b\n\xffPKIX-RSA-PKCS#1v1.5" +
               std::string(as_text(rsa.public_key().spki()))));
  const TestKey p256 = TestKey::make("P-256");
  CHECK(note_key_id("a/b", p256.public_key()) ==
        first4(std::string(as_text(p256.public_key().spki()))));
}

TEST_CASE("lines of anybody else are not looked at", "[tlog]") {
  const std::string good = signed_line(kName, log_key(), kText);
  const std::string witness =
      line("witness.example", Bytes(4, 9), Bytes(72, 1));
  const std::string second_key = line(kName, Bytes(4, 9), Bytes(70, 1));
  // Another type of signature by the same key has another id.
  Bytes cosigner{'\n', 4};
  const Bytes raw = log_key().public_key().raw();
  cosigner.insert(cosigner.end(), raw.begin(), raw.end());
  const auto hash =
      sigstore::sha256(as_bytes(kName + std::string(as_text(cosigner))));
  const std::string cosignature = line(
      kName, Bytes(hash.bytes.begin(), hash.bytes.begin() + 4), Bytes(72, 1));
  for (const std::string& all :
       {good + witness, witness + good, second_key + good + witness,
        witness + witness + good + second_key, cosignature + good, good + good})
    CHECK(works(verify(kText + "\n" + all, log_of(log_key()))));
  for (const std::string& all :
       {witness, second_key, cosignature, witness + second_key})
    CHECK(refuses(verify(kText + "\n" + all, log_of(log_key())),
                  ErrorKind::bad_evidence, "not signed by log rekor.example"));
}

TEST_CASE("a line of the log that does not verify is refused beside a good one",
          "[tlog]") {
  const std::string good = signed_line(kName, log_key(), kText);
  const std::string bad =
      line(kName, note_key_id(kName, log_key().public_key()), Bytes(64, 1));
  for (const std::string& all : {bad, good + bad, bad + good})
    CHECK(refuses(verify(kText + "\n" + all, log_of(log_key())),
                  ErrorKind::bad_evidence, "signature of log"));
}

TEST_CASE("a good signature under another key id does not count", "[tlog]") {
  const std::string wrong_id =
      line(kName, Bytes(4, 9), log_key().sign(as_bytes(kText)));
  CHECK(refuses(verify(kText + "\n" + wrong_id, log_of(log_key())),
                ErrorKind::bad_evidence, "not signed by log"));
}

TEST_CASE("names are compared whole", "[tlog]") {
  // Signed by the log's key, under a name that holds the log's or is held by
  // it, or that a pattern would match.
  for (const std::string name :
       {"rekor.example.evil", "xrekor.example", "rekor.exampl", "rekorXexample",
        "REKOR.EXAMPLE", "rekor.example/", "https://rekor.example"}) {
    CAPTURE(name);
    const Bytes id = note_key_id(kName, log_key().public_key());
    const std::string signature =
        line(name, id, log_key().sign(as_bytes(kText)));
    CHECK(refuses(verify(kText + "\n" + signature, log_of(log_key())),
                  ErrorKind::bad_evidence, "not signed by log"));
    const std::string text = name + "\n42\n" + kRoot + "\n";
    CHECK(refuses(verify(text + "\n" + signed_line(kName, log_key(), text),
                         log_of(log_key())),
                  ErrorKind::bad_evidence, "not of log rekor.example"));
  }
  const TransparencyLog pattern = log_of(log_key(), "https://rekor.*");
  CHECK(refuses(
      verify(kText + "\n" + signed_line(kName, log_key(), kText), pattern),
      ErrorKind::bad_evidence, "not of log rekor.*"));
}

TEST_CASE("the origin is the log's, with or without a tree id", "[tlog]") {
  const auto with_origin = [](const std::string& origin) {
    const std::string text = origin + "\n42\n" + kRoot + "\n";
    return verify(text + "\n" + signed_line(kName, log_key(), text),
                  log_of(log_key()));
  };
  CHECK(works(with_origin("rekor.example - 2605736670972794746")));
  for (const char* origin :
       {"rekor.example-1", "rekor.example -1", "other - rekor.example",
        " - rekor.example", "rekor.example/2"})
    CHECK(refuses(with_origin(origin), ErrorKind::bad_evidence,
                  "not of log rekor.example"));
}

TEST_CASE("the name of a log is its URL without scheme and final slash",
          "[tlog]") {
  const std::string text = "localhost:8000/log\n42\n" + kRoot + "\n";
  const std::string note =
      text + "\n" + signed_line("localhost:8000/log", log_key(), text);
  for (const char* url : {"http://localhost:8000/log",
                          "https://localhost:8000/log/", "localhost:8000/log"})
    CHECK(works(verify(note, log_of(log_key(), url))));
}

TEST_CASE("a log whose algorithm is not known verifies nothing", "[tlog]") {
  TransparencyLog log = log_of(log_key());
  log.key.reset();
  CHECK(refuses(
      verify(kText + "\n" + signed_line(kName, log_key(), kText), log),
      ErrorKind::unsupported, "of an algorithm that is not known here"));
}
