// SPDX-License-Identifier: Apache-2.0
#include "core/hash/hash_engine.h"

#include <array>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace sigstore {
namespace {

struct EngineName {
  std::string_view name;
  HashEngine engine;
};

constexpr std::array<EngineName, 5> kNames{{
    {"best", HashEngine::best},
    {"openssl", HashEngine::openssl},
    {"sha-ni", HashEngine::sha_ni},
    {"avx2", HashEngine::avx2},
    {"avx512", HashEngine::avx512},
}};

#if defined(__x86_64__)
// Intel SDM, CPUID leaf 7: EBX bit 29. No state of the system's is needed.
bool has_sha_ni() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  constexpr unsigned kBit = 1U << 29U;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & kBit) != 0 &&
         __builtin_cpu_supports("sse4.1") != 0;
}

bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") != 0 &&
         __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0;
}
#endif

}  // namespace

Result<HashEngine> parse_engine(std::string_view name) {
  for (const EngineName& known : kNames)
    if (known.name == name) return known.engine;
  return fail(ErrorKind::invalid_input, "unknown hash engine '", name,
              "' (best, openssl, sha-ni, avx2 and avx512 are)");
}

bool is_supported(HashEngine engine) {
  switch (engine) {
    case HashEngine::best:
    case HashEngine::openssl:
      return true;
#if defined(__x86_64__)
    case HashEngine::sha_ni:
      return has_sha_ni();
    case HashEngine::avx2:
      return has_avx2();
    case HashEngine::avx512:
      return has_avx512();
#else
    default:
      return false;
#endif
  }
  return false;
}

}  // namespace sigstore
