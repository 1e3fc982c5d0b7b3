// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/phase_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "core/app/settings.h"
#include "core/base/file.h"

namespace sigstore {

void log_phase(std::string_view phase) {
  const std::string path = environment_variable("GIT_TRACE_SIGSTORE");
  if (!path.starts_with('/')) return;
  const FileDescriptor fd(
      open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC,
           0666));
  if (!fd.valid()) return;
  // One write a line: other runs may log into the same file.
  const Result<void> written =
      write_all(fd.get(), as_bytes(concat(getpid(), " ", phase, "\n")));
  static_cast<void>(written.ok());
}

}  // namespace sigstore
