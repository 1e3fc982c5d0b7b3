// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"

#include <system_error>

namespace sigstore {

std::string_view kind_name(ErrorKind kind) {
  switch (kind) {
    using enum ErrorKind;
    case invalid_input:
      return "invalid_input";
    case not_found:
      return "not_found";
    case io:
      return "io";
    case network:
      return "network";
    case unauthorized:
      return "unauthorized";
    case unsupported:
      return "unsupported";
    case stale_trust:
      return "stale_trust";
    case unknown_signer:
      return "unknown_signer";
    case incomplete:
      return "incomplete";
    case internal:
      return "internal";
    case unsigned_content:
      return "unsigned";
    case bad_signature:
      return "bad_signature";
    case bad_evidence:
      return "bad_evidence";
    case wrong_signer:
      return "wrong_signer";
    case content_differs:
      return "content_differs";
    case unsafe_tree:
      return "unsafe_tree";
    case wrong_repository:
      return "wrong_repository";
    case rollback:
      return "rollback";
  }
  return "internal";
}

bool is_refusal(ErrorKind kind) { return kind >= ErrorKind::unsigned_content; }

Error Error::context(std::string_view what) && {
  message = concat(what, ": ", message);
  return std::move(*this);
}

std::string errno_text(int error_number) {
  return std::generic_category().message(error_number);
}

}  // namespace sigstore
