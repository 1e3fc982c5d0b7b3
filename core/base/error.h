// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sigstore {

// What a caller does next. The first group means "could not tell", the second
// means "no"; app/exit_code.h is the one table that turns a kind into a code.
enum class ErrorKind : std::uint8_t {
  // Could not tell.
  invalid_input,   // malformed bytes, options or configuration
  not_found,       // a file, ref or object that was asked for is not there
  io,              // the operating system refused
  network,         // a service did not answer, or not in its protocol
  unauthorized,    // a service or a password said no to us
  unsupported,     // valid, but outside of what this program implements
  stale_trust,     // trust data missing or too old
  unknown_signer,  // signed by a key or authority we hold nothing about
  incomplete,      // content that is needed to decide is not here
  internal,        // a defect of ours
  // No.
  unsigned_content,  // a signature is required, or was seen before
  bad_signature,     // the signature does not fit what it covers
  bad_evidence,      // log, time or certificate evidence is wrong
  wrong_signer,      // genuine, by somebody else than expected
  content_differs,   // files are extra, missing or changed
  unsafe_tree,       // names, modes or attributes that would change bytes
  wrong_repository,  // the signature was made for another repository
  rollback,          // older than what was verified before, or may be
};

// The name of a kind as `--json` and `--exit-detail` print it.
std::string_view kind_name(ErrorKind kind);

// True for the kinds that mean "no".
bool is_refusal(ErrorKind kind);

// Why something did not work. The message is one line, outermost context
// first; details list what differs, one item an entry.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  std::vector<std::string> details = {};

  // Puts "<what>: " in front of the message.
  Error context(std::string_view what) &&;
};

namespace text {
inline void append(std::string& out, std::string_view part) { out += part; }
inline void append(std::string& out, char part) { out += part; }
template <class Number>
requires std::is_arithmetic_v<Number>
void append(std::string& out, Number part) { out += std::to_string(part); }
}  // namespace text

// Joins strings and numbers: concat("entry ", 3, ": short").
template <class... Parts>
std::string concat(const Parts&... parts) {
  std::string out;
  (text::append(out, parts), ...);
  return out;
}

// The way to make an error: return fail(ErrorKind::io, "cannot open ", path);
template <class... Parts>
Error fail(ErrorKind kind, const Parts&... parts) {
  return Error{kind, concat(parts...)};
}

// The system's words for `error_number`, thread-safe.
std::string errno_text(int error_number);

}  // namespace sigstore
