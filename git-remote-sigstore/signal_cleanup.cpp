// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/signal_cleanup.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <csignal>
#include <cstring>
#include <string_view>

namespace sigstore {
namespace {

// Each holds a path, or nothing. Written with the signals blocked.
struct Slot {
  std::array<char, PATH_MAX> path{};
};
std::array<Slot, 4> slots;

constexpr std::array<int, 3> kSignals{SIGINT, SIGTERM, SIGHUP};

// getdents64(2): what readdir(3) uses; readdir itself may allocate memory,
// which a signal handler must not.
struct Entry {
  std::uint64_t inode;
  std::int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[1];
};

void remove_below(int folder, int depth) noexcept {
  constexpr int kDeepest = 4;  // the folder, "pack" or "00", files
  alignas(Entry) std::array<char, 4096> buffer;
  while (true) {
    const long size =
        syscall(SYS_getdents64, folder, buffer.data(), buffer.size());
    if (size <= 0) return;
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const Entry*>(buffer.data() + at);
      at += entry->length;
      if (std::strcmp(entry->name, ".") == 0 ||
          std::strcmp(entry->name, "..") == 0)
        continue;
      if (unlinkat(folder, entry->name, 0) == 0 || depth == kDeepest) continue;
      const int fd = openat(folder, entry->name,
                            O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (fd < 0) continue;
      remove_below(fd, depth + 1);
      close(fd);
      unlinkat(folder, entry->name, AT_REMOVEDIR);
    }
  }
}

extern "C" void remove_folders(int signal) {
  for (const Slot& slot : slots) {
    if (slot.path[0] == '\0') continue;
    const int fd =
        open(slot.path.data(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) continue;
    remove_below(fd, 0);
    close(fd);
    rmdir(slot.path.data());
  }
  // SA_RESETHAND: the second time it ends us, as the first would have.
  raise(signal);
}

void install_handler() {
  struct sigaction action {};
  action.sa_handler = remove_folders;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : kSignals) sigaddset(&action.sa_mask, signal);
  for (const int signal : kSignals) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    // Whoever started us with nohup(1) means it.
    if (before.sa_handler == SIG_DFL) sigaction(signal, &action, nullptr);
  }
}

void replace(std::string_view old_path, std::string_view new_path) {
  if (new_path.size() >= PATH_MAX) return;  // the next run deletes it
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  for (const int signal : kSignals) sigaddset(&blocked, signal);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  for (Slot& slot : slots) {
    if (old_path != slot.path.data()) continue;
    slot.path.fill('\0');
    std::memcpy(slot.path.data(), new_path.data(), new_path.size());
    break;
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

void remove_on_signal(const std::string& path) {
  install_handler();
  replace("", path);
}

void keep_on_signal(const std::string& path) { replace(path, ""); }

}  // namespace sigstore
