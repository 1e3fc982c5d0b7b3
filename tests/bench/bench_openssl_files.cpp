// SPDX-License-Identifier: Apache-2.0
//
// bench-openssl-files FOLDER: SHA-256 of every file below, largest first, by
// OpenSSL and a thread a core. What anybody would write; a peer, so it has
// nothing of the product's.
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct File {
  fs::path path;
  std::uintmax_t size;
};

// Where it lies: copying would cost a third more.
bool hash(const File& file) {
  const int fd = open(file.path.c_str(), O_RDONLY);
  if (fd < 0) return false;
  void* bytes = nullptr;
  if (file.size > 0)
    bytes = mmap(nullptr, file.size, PROT_READ, MAP_PRIVATE, fd, 0);
  close(fd);
  if (bytes == MAP_FAILED) return false;
  if (bytes != nullptr) madvise(bytes, file.size, MADV_SEQUENTIAL);
  unsigned char digest[EVP_MAX_MD_SIZE];
  const int done =
      EVP_Digest(bytes, file.size, digest, nullptr, EVP_sha256(), nullptr);
  if (bytes != nullptr) munmap(bytes, file.size);
  return done == 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> words(argv, static_cast<std::size_t>(argc));
  if (words.size() != 2) return 2;
  std::vector<File> files;
  for (const auto& entry : fs::recursive_directory_iterator(words[1]))
    if (entry.is_regular_file())
      files.push_back({entry.path(), entry.file_size()});
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.size > b.size; });
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i)
      threads.emplace_back([&] {
        for (std::size_t file = next++; file < files.size(); file = next++)
          if (!hash(files[file])) failed = true;
      });
  }
  std::printf("%zu files\n", files.size());
  return failed ? 1 : 0;
}
