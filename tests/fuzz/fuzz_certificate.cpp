// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>

#include "core/base/encoding.h"
#include "core/crypto/certificate.h"
#include "core/crypto/certificate_chain.h"
#include "core/crypto/sct.h"
#include "tests/fuzz/fuzz.h"

namespace {

using sigstore::Certificate;
using sigstore::require;

bool is_one_line(const std::string& text) {
  return sigstore::is_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

bool is_text(const std::string& text) {
  return sigstore::is_utf8(text) && text.find('\0') == std::string::npos;
}

void use_texts(const Certificate& certificate) {
  require(is_one_line(certificate.subject()), "a subject is one line");
  require(is_one_line(certificate.issuer()), "an issuer is one line");
  require(is_one_line(certificate.serial_hex()), "a number is one line");
  const auto name = certificate.subject_name();
  require(!name.ok() || (!name->value.empty() && is_text(name->value)),
          "a name is text");
  for (int number = 1; number <= 24; ++number) {
    const auto value = certificate.fulcio_extension(number);
    require(!value.ok() || is_text(value->value_or("")),
            "an extension of Fulcio is text");
  }
}

void use(const Certificate& certificate) {
  const auto again = Certificate::from_pem(certificate.pem());
  require(again.ok() && again->size() == 1 && again->front() == certificate,
          "PEM is read as it was written");
  use_texts(certificate);
  static_cast<void>(certificate.is_ca());
  static_cast<void>(certificate.may_sign_data());
  static_cast<void>(certificate.may_stamp_time());
  require(!certificate.may_sign_code() || certificate.has_extended_usage(),
          "who may sign code has a usage");
  const auto key = certificate.key();
  if (key.ok())
    require(sigstore::VerificationKey::from_der(key->spki()).ok(),
            "a key is read as it was written");
  const auto path = find_path(certificate, {}, std::span(&certificate, 1),
                              certificate.not_after());
  require(!path.ok() || path->front() == certificate,
          "a path begins at the leaf");
  const auto scts = embedded_scts(certificate);
  if (!scts.ok() || !key.ok()) return;
  for (const sigstore::Sct& sct : *scts)
    static_cast<void>(verify_sct(sct, certificate, certificate, *key));
}

std::size_t size_of(const sigstore::Sct& sct) {
  return 2 + 1 + 32 + 8 + 2 + sct.extensions.size() + 2 + 2 +
         sct.signature.size();
}

bool use_list(sigstore::ByteView list) {
  const auto scts = sigstore::parse_sct_list(list);
  if (!scts.ok()) return false;
  std::size_t size = 2;
  for (const sigstore::Sct& sct : *scts) size += size_of(sct);
  require(!scts->empty() && size == list.size(), "a list is read whole");
  return true;
}

}  // namespace

// A certificate in DER, or a list of certificate timestamps.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const sigstore::ByteView input(data, size);
  const auto certificate = Certificate::from_der(input);
  if (certificate.ok()) {
    require(std::equal(input.begin(), input.end(), certificate->der().begin(),
                       certificate->der().end()),
            "a certificate keeps its bytes");
    use(*certificate);
  }
  return sigstore::finish(use_list(input) || certificate.ok());
}
