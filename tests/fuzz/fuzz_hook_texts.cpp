// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string>
#include <string_view>

#include "hooks/hook_chain.h"
#include "tests/fuzz/fuzz.h"

// A configuration file, a zero byte, and a line of /proc/<id>/stat.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const std::string_view text = sigstore::as_text({data, size});
  const std::size_t zero = text.find('\0');
  const std::string_view config = text.substr(0, zero);
  const std::string path = sigstore::find_hooks_path(config);
  require(config.find(path) != std::string_view::npos, "the path stands there");
  require(path.find('\n') == std::string::npos, "the path is of one line");
  // As husky writes it, at the end of whatever there is.
  const std::string more = std::string(config) + "\n[core]\n\thooksPath = ours";
  require(sigstore::find_hooks_path(more) == "ours", "the last one counts");
  pid_t parent = 0;
  if (zero != std::string_view::npos)
    parent = sigstore::parent_in_stat(text.substr(zero + 1));
  require(parent >= 0, "a process id is no group");
  return sigstore::finish(!path.empty() && parent > 0);
}
