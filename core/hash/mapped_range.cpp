// SPDX-License-Identifier: Apache-2.0
#include "core/hash/mapped_range.h"

#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <utility>

namespace sigstore {
namespace {

// What a handler of a signal may look at: the mappings that are alive. There
// is no other way to tell it than by what outlives the call.
constexpr std::size_t kSlots = 1024;
struct Slot {
  std::atomic<std::uintptr_t> start{0};
  std::atomic<std::uintptr_t> end{0};
};
Slot slots[kSlots];
std::mutex guard_mutex;
int guards = 0;
struct sigaction before {};
thread_local volatile std::sig_atomic_t lost = 0;

// Bytes that Linux maps at once where they are in memory.
constexpr std::size_t kFaultAround = 64UL * 1024;

std::size_t page_size() {
  static const auto kSize = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return kSize;
}

bool is_ours(std::uintptr_t address) {
  for (const Slot& slot : slots)
    if (address >= slot.start.load(std::memory_order_relaxed) &&
        address < slot.end.load(std::memory_order_relaxed))
      return true;
  return false;
}

// Only async-signal-safe calls: mmap is a system call, and gives back errno.
void on_bus_error(int number, siginfo_t* info, void* context) {
  const int error = errno;
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  if (is_ours(address)) {
    const std::size_t size = page_size();
    void* page = reinterpret_cast<void*>(address / size * size);
    if (mmap(page, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
             0) != MAP_FAILED) {
      lost = 1;
      errno = error;
      return;
    }
  }
  errno = error;
  if ((before.sa_flags & SA_SIGINFO) != 0 && before.sa_sigaction != nullptr) {
    before.sa_sigaction(number, info, context);
  } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(number);
  } else {
    std::signal(SIGBUS, SIG_DFL);  // the access is tried again, and ends us
  }
}

bool remember(const std::uint8_t* base, std::size_t length) {
  const auto start = reinterpret_cast<std::uintptr_t>(base);
  for (Slot& slot : slots) {
    std::uintptr_t free = 0;
    if (!slot.end.compare_exchange_strong(free, 1)) continue;
    slot.start.store(start);
    slot.end.store(start + length);
    return true;
  }
  return false;
}

void forget(const std::uint8_t* base) {
  const auto start = reinterpret_cast<std::uintptr_t>(base);
  for (Slot& slot : slots)
    if (slot.start.load() == start && slot.end.load() > 1) {
      slot.start.store(0);
      slot.end.store(0);
      return;
    }
}

// Brings pages in with one call instead of one by one. Linux has it from 5.14
// on, but before 6.9 tries for ever where the disk cannot be read.
void populate_pages(void* start, std::size_t size) {
#ifdef MADV_POPULATE_READ
  static const bool kWorks = [] {
    utsname system{};
    int major = 0;
    int minor = 0;
    return uname(&system) == 0 &&
           std::sscanf(system.release, "%d.%d", &major, &minor) == 2 &&
           (major > 6 || (major == 6 && minor >= 9));
  }();
  if (kWorks) madvise(start, size, MADV_POPULATE_READ);
#else
  static_cast<void>(start);
  static_cast<void>(size);
#endif
}

}  // namespace

MappingGuard::MappingGuard() {
  const std::lock_guard lock(guard_mutex);
  page_size();  // not for the first time in the handler
  if (guards++ > 0) return;
  struct sigaction action {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &before);
}

MappingGuard::~MappingGuard() {
  const std::lock_guard lock(guard_mutex);
  if (--guards == 0) sigaction(SIGBUS, &before, nullptr);
}

MappedRange::MappedRange(int fd, std::uint64_t start, std::uint64_t size) {
  const std::uint64_t page = page_size();
  lead_ = static_cast<std::size_t>(start % page);
  length_ = static_cast<std::size_t>(size) + lead_;
  void* base = mmap(nullptr, length_, PROT_READ, MAP_SHARED, fd,
                    static_cast<off_t>(start - lead_));
  if (base == MAP_FAILED) return;
  base_ = static_cast<std::uint8_t*>(base);
  if (remember(base_, length_)) {
    madvise(base, length_, MADV_SEQUENTIAL);
    return;
  }
  munmap(base, length_);
  base_ = nullptr;
}

MappedRange::~MappedRange() {
  if (base_ == nullptr) return;
  forget(base_);
  munmap(base_, length_);
}

void MappedRange::swap(MappedRange& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(lead_, other.lead_);
  std::swap(length_, other.length_);
}

void MappedRange::announce(std::uint64_t offset, std::size_t size) const {
  const std::size_t page = page_size();
  const std::size_t start = (lead_ + offset + page - 1) / page * page;
  if (start < length_)
    madvise(base_ + start, std::min(size, length_ - start), MADV_WILLNEED);
}

void MappedRange::touch(std::uint64_t offset, std::size_t size) const {
  for (std::size_t at = 0; at < size; at += kFaultAround) {
    const volatile std::uint8_t* const byte = data() + offset + at;
    static_cast<void>(*byte);
  }
}

void MappedRange::populate(const std::uint8_t* from, std::size_t size) {
  const auto page = static_cast<std::uintptr_t>(page_size());
  const std::uintptr_t start =
      reinterpret_cast<std::uintptr_t>(from) / page * page;
  populate_pages(reinterpret_cast<void*>(start), size);
}

void MappedRange::drop(std::uint64_t offset, std::size_t size) const {
  const std::size_t page = page_size();
  const std::size_t start = (lead_ + offset) / page * page;
  const std::size_t end = (lead_ + offset + size) / page * page;
  if (start < end) madvise(base_ + start, end - start, MADV_DONTNEED);
}

bool MappedRange::lost_bytes() { return lost != 0; }
void MappedRange::forget_lost() { lost = 0; }

bool is_in_memory(int fd, std::uint64_t offset) {
#ifdef RWF_NOWAIT
  std::uint8_t byte = 0;
  const iovec to{.iov_base = &byte, .iov_len = 1};
  return preadv2(fd, &to, 1, static_cast<off_t>(offset), RWF_NOWAIT) == 1;
#else
  static_cast<void>(fd);
  static_cast<void>(offset);
  return false;
#endif
}

}  // namespace sigstore
