// SPDX-License-Identifier: Apache-2.0
#include "tests/support/text_codec.h"

#include <openssl/evp.h>

#include <algorithm>

#include "tests/support/must.h"

using sigstore::Bytes;
using sigstore::ByteView;

namespace codec {

std::string base64(ByteView bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      bytes.data(), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::string base64url(ByteView bytes) {
  std::string out = base64(bytes);
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  out.erase(std::min(out.find('='), out.size()));
  return out;
}

std::string hex(ByteView bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string pem(std::string_view label, ByteView der) {
  const std::string text = base64(der);
  std::string out = "-----BEGIN " + std::string(label) + "-----\n";
  for (std::size_t at = 0; at < text.size(); at += 64)
    out += text.substr(at, 64) + "\n";
  return out + "-----END " + std::string(label) + "-----\n";
}

Bytes from_base64(std::string_view text) {
  std::string padded(text);
  std::replace(padded.begin(), padded.end(), '-', '+');
  std::replace(padded.begin(), padded.end(), '_', '/');
  while (padded.size() % 4 != 0) padded += '=';
  Bytes out(padded.size());
  const int length = EVP_DecodeBlock(
      out.data(), reinterpret_cast<const unsigned char*>(padded.data()),
      static_cast<int>(padded.size()));
  must(length >= 0, "not base64");
  const auto padding = std::count(padded.begin(), padded.end(), '=');
  out.resize(static_cast<std::size_t>(length - padding));
  return out;
}

}  // namespace codec
