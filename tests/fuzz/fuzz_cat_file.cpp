// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "core/git/cat_file_reader.h"
#include "tests/fuzz/fuzz.h"

// What parses is, number for number, what git would have printed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const std::string_view line =
      sigstore::as_text(sigstore::ByteView(data, size));
  const auto asked =
      sigstore::git::ObjectId::parse_hex(line.substr(0, line.find(' ')));
  if (!asked) return sigstore::finish(false);
  const auto header = sigstore::git::parse_cat_file_line(line, *asked);
  if (!header.ok()) {
    require(header.error().kind == sigstore::ErrorKind::io,
            "an odd answer is io");
    return sigstore::finish(false);
  }
  if (!header->has_value()) {
    require(line == asked->to_hex() + " missing", "absence is said in one way");
    return sigstore::finish(true);
  }
  std::string_view digits = line.substr(line.rfind(' ') + 1);
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  require(line.starts_with(
              sigstore::concat(asked->to_hex(), " ",
                               sigstore::git::type_name((*header)->type), " ")),
          "the type is the one in the line");
  require(digits == std::to_string((*header)->size),
          "the size is the one in the line");
  return sigstore::finish(true);
}
