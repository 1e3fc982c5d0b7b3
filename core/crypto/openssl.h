// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to crypto/: owners of OpenSSL objects, its encodings and its error
// queue.

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/handle.h"
#include "core/base/time.h"

namespace sigstore {

using BioHandle = Handle<BIO, BIO_free_all>;
using KeyContextHandle = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContextHandle = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using DigestHandle = Handle<EVP_MD, EVP_MD_free>;
using ObjectHandle = Handle<ASN1_OBJECT, ASN1_OBJECT_free>;
using OctetStringHandle = Handle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using X509Handle = Handle<X509, X509_free>;

// "what: OpenSSL's reason"; empties the queue.
Error openssl_error(ErrorKind kind, std::string_view what);

// The queue is per thread and survives calls; a check that expects failure
// leaves nothing behind for the next one.
void clear_openssl_errors();

// The contents of a string of any ASN.1 type.
inline ByteView bytes_of(const ASN1_STRING* string) {
  return {ASN1_STRING_get0_data(string),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

// to_der<i2d_X509>(x509); empty when it cannot be written.
template <auto Encode, class T>
Bytes to_der(T* object) {
  unsigned char* der = nullptr;
  const int length = Encode(object, &der);
  if (length <= 0) {
    clear_openssl_errors();
    return {};
  }
  Bytes bytes(der, der + length);
  OPENSSL_free(der);
  return bytes;
}

// `der` read to its last byte; null otherwise.
template <class Owner, auto Decode>
Owner read_der(ByteView der) {
  const unsigned char* next = der.data();
  Owner object(Decode(nullptr, &next, static_cast<long>(der.size())));
  if (object && next == der.data() + der.size()) return object;
  clear_openssl_errors();
  return nullptr;
}

// The same, and `der` is the one encoding that DER has for the value: OpenSSL
// reads BER too.
template <class Owner, auto Decode, auto Encode>
Owner read_strict_der(ByteView der) {
  Owner object = read_der<Owner, Decode>(der);
  if (!object) return nullptr;
  const Bytes again = to_der<Encode>(object.get());
  return std::equal(again.begin(), again.end(), der.begin(), der.end())
             ? std::move(object)
             : nullptr;
}

// A time in UTC ("Z"), its fraction of a second cut off; nothing for another
// form.
std::optional<Timestamp> to_timestamp(const ASN1_TIME* time);

}  // namespace sigstore
