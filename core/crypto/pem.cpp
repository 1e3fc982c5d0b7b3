// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <memory>

#include "core/base/limits.h"
#include "core/crypto/openssl.h"

namespace sigstore {
namespace {

struct FreeMemory {
  void operator()(void* memory) const noexcept { OPENSSL_free(memory); }
};
template <class T>
using Memory = std::unique_ptr<T, FreeMemory>;

Error malformed() {
  clear_openssl_errors();
  return fail(ErrorKind::invalid_input, "malformed PEM block");
}

}  // namespace

Result<std::vector<PemBlock>> read_pem(std::string_view text,
                                       std::size_t max_blocks) {
  if (text.size() > limits::kPem)
    return fail(ErrorKind::invalid_input, "too large");
  const BioHandle bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!bio) return openssl_error(ErrorKind::internal, "reading PEM");
  std::vector<PemBlock> blocks;
  while (true) {
    char* label = nullptr;
    char* header = nullptr;
    unsigned char* der = nullptr;
    long length = 0;
    if (PEM_read_bio(bio.get(), &label, &header, &der, &length) != 1) {
      const bool at_end =
          ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      clear_openssl_errors();
      if (at_end) return blocks;
      return malformed();
    }
    const Memory<char> label_owner(label);
    const Memory<char> header_owner(header);
    const Memory<unsigned char> der_owner(der);
    if (*header != '\0') return malformed();
    if (blocks.size() == max_blocks)
      return fail(ErrorKind::invalid_input, "more than ", max_blocks,
                  " PEM blocks");
    blocks.push_back({label, Bytes(der, der + length)});
  }
}

std::string write_pem(const char* label, ByteView der) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio(bio.get(), label, "", der.data(),
                            static_cast<long>(der.size())) <= 0) {
    clear_openssl_errors();
    return {};
  }
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(length));
}

}  // namespace sigstore
