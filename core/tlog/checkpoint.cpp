// SPDX-License-Identifier: Apache-2.0
#include "core/tlog/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/limits.h"
#include "core/crypto/message_digest.h"

namespace sigstore {
namespace {

constexpr std::size_t kKeyIdSize = 4;
constexpr std::string_view kDash = "\u2014 ";

// Signed-note, "Signature types".
constexpr char kEd25519Type = '\x01';
constexpr char kOtherType = '\xff';
// rekor-tiles, pkg/note: what follows 0xff for an RSA key.
constexpr std::string_view kRsaName = "PKIX-RSA-PKCS#1v1.5";

template <class... Parts>
Error bad(const Parts&... parts) {
  return fail(ErrorKind::bad_evidence, "checkpoint: ", parts...);
}

// Needs text that ends with a newline.
std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t size = 0;
  const char* end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, size);
  // from_chars takes no plus and, for an unsigned type, no minus.
  if (error != std::errc() || next != end || (text[0] == '0' && size != 0) ||
      (size == 0 && text != "0"))
    return bad("the tree size is not a decimal number");
  return size;
}

Result<void> parse_text(Checkpoint& checkpoint) {
  const std::vector<std::string_view> lines = split_lines(checkpoint.text);
  if (std::find(lines.begin(), lines.end(), "") != lines.end())
    return bad("an empty line before the last one");
  if (lines.size() < 3) return bad("origin, tree size or root hash is missing");
  checkpoint.origin = lines[0];
  TRY_ASSIGN(checkpoint.tree_size, parse_size(lines[1]));
  const Result<Bytes> root = from_base64(lines[2]);
  if (!root.ok() || root->size() != Sha256Digest::kSize)
    return bad("the root hash is not 32 bytes in base64");
  std::copy(root->begin(), root->end(), checkpoint.root_hash.bytes.begin());
  return {};
}

Result<Checkpoint::Signature> parse_signature(std::string_view line) {
  if (!line.starts_with(kDash)) return bad("a signature line without its dash");
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos || space == 0)
    return bad("a signature line without a name");
  Checkpoint::Signature signature;
  signature.name = line.substr(0, space);
  if (signature.name.find('+') != std::string::npos)
    return bad("a signer's name with a plus sign");
  const Result<Bytes> bytes = from_base64(line.substr(space + 1));
  if (!bytes.ok() || bytes->size() <= kKeyIdSize)
    return bad("a signature is not base64 of a key id and more");
  const auto split = bytes->begin() + kKeyIdSize;
  signature.key_id.assign(bytes->begin(), split);
  signature.signature.assign(split, bytes->end());
  return signature;
}

// Signed-note, "Format": UTF-8 without control characters but the newline.
Result<void> check_characters(std::string_view note) {
  if (note.size() > limits::kCheckpoint)
    return bad("larger than ", limits::kCheckpoint, " bytes");
  if (!is_utf8(note)) return bad("not UTF-8");
  const auto is_control = [](char c) {
    return c != '\n' && (static_cast<unsigned char>(c) < 0x20 || c == '\x7f');
  };
  if (std::any_of(note.begin(), note.end(), is_control))
    return bad("a control character");
  const auto lines =
      static_cast<std::size_t>(std::count(note.begin(), note.end(), '\n'));
  if (lines > limits::kNoteLines)
    return bad("more than ", limits::kNoteLines, " lines");
  return {};
}

std::string key_id_input(std::string_view name, const VerificationKey& key) {
  if (key.algorithm() == KeyAlgorithm::ed25519)
    return concat(name, '\n', kEd25519Type, as_text(key.raw()));
  if (key.algorithm() == KeyAlgorithm::rsa)
    return concat(name, '\n', kOtherType, kRsaName, as_text(key.spki()));
  return std::string(as_text(key.spki()));
}

}  // namespace

Result<Checkpoint> parse_checkpoint(std::string_view note) {
  TRY(check_characters(note));
  // The last blank line: one before it would be an empty line of the text.
  const std::size_t blank = note.rfind("\n\n");
  if (blank == note.npos) return bad("no blank line before the signatures");
  Checkpoint checkpoint;
  checkpoint.text = note.substr(0, blank + 1);
  TRY(parse_text(checkpoint));
  const std::string_view signatures = note.substr(blank + 2);
  if (signatures.empty()) return bad("no signature");
  if (!signatures.ends_with('\n')) return bad("no newline at the end");
  for (const std::string_view line : split_lines(signatures)) {
    TRY_ASSIGN(Checkpoint::Signature signature, parse_signature(line));
    checkpoint.signatures.push_back(std::move(signature));
  }
  return checkpoint;
}

Bytes note_key_id(std::string_view name, const VerificationKey& key) {
  const Sha256Digest hash = sha256(as_bytes(key_id_input(name, key)));
  return Bytes(hash.bytes.begin(), hash.bytes.begin() + kKeyIdSize);
}

Result<void> verify_checkpoint(const Checkpoint& checkpoint,
                               const TransparencyLog& log) {
  const std::string name = log.origin();
  if (!log.key)
    return fail(ErrorKind::unsupported, "checkpoint: the key of log ", name,
                " is of an algorithm that is not known here");
  if (checkpoint.origin.substr(0, checkpoint.origin.find(" - ")) != name)
    return bad("of '", checkpoint.origin, "', not of log ", name);
  const Bytes key_id = note_key_id(name, *log.key);
  bool verified = false;
  for (const Checkpoint::Signature& line : checkpoint.signatures) {
    if (line.name != name || line.key_id != key_id) continue;
    // Rekor and signed-note: SHA-256 for ECDSA and RSA, whatever the key.
    const Result<void> checked = log.key->verify(
        as_bytes(checkpoint.text), line.signature, SignatureHash::sha256);
    if (!checked.ok()) return bad("the signature of log ", name, " is wrong");
    verified = true;
  }
  if (!verified) return bad("not signed by log ", name);
  return {};
}

}  // namespace sigstore
