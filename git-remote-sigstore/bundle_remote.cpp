// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/bundle_remote.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "core/base/file.h"

namespace sigstore {

bool is_bundle_file(const std::string& path) {
  // gitformat-bundle(5): "# v2 git bundle", and "# v3 git bundle".
  constexpr std::size_t kStart = 16;
  struct stat kind {};
  if (stat(path.c_str(), &kind) != 0 || !S_ISREG(kind.st_mode)) return false;
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, kStart> start{};
  if (!fd.valid() || read(fd.get(), start.data(), kStart) != kStart)
    return false;
  const std::string_view text(start.data(), kStart);
  return text == "# v2 git bundle\n" || text == "# v3 git bundle\n";
}

Result<void> serve_bundle(const git::Git& git, const std::string& path,
                          PacketStream& client) {
  bool fetches = false;
  while (true) {
    TRY_ASSIGN(const std::optional<std::string> line, client.read_line());
    if (!line) return {};
    if (line->starts_with("fetch ")) {
      fetches = true;
    } else if (line->empty()) {
      if (!fetches) return {};
      // All of it at once, as git's own transport does.
      TRY(git.read({"bundle", "unbundle", path}));
      TRY(client.write("\n"));
      fetches = false;
    } else if (*line == "capabilities") {
      TRY(client.write("fetch\n\n"));
    } else if (*line == "list") {
      TRY_ASSIGN(const std::string heads,
                 git.read({"bundle", "list-heads", path}));
      TRY(client.write(concat(heads, heads.empty() ? "\n" : "\n\n")));
    } else {
      return fail(ErrorKind::unsupported, "git asks for '", *line, "'");
    }
  }
}

}  // namespace sigstore
