// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/time.h"

// Writes DER (X.690) by hand: tests make certificates and tokens that a
// library would not, and do not test a library with itself.
namespace der {

using sigstore::Bytes;
using sigstore::ByteView;

Bytes join(std::initializer_list<Bytes> parts);

Bytes tagged(std::uint8_t tag, ByteView content);
// [number], constructed around something or primitive.
Bytes around(unsigned number, ByteView content);
Bytes primitive(unsigned number, ByteView content);

Bytes sequence(std::initializer_list<Bytes> items);
Bytes sequence(const std::vector<Bytes>& items);
Bytes set(std::vector<Bytes> items);  // in DER's order

Bytes boolean(bool value);
Bytes integer(std::uint64_t value);
Bytes bit_string(ByteView bits);
Bytes octet_string(ByteView bytes);
Bytes null();
Bytes oid(std::string_view dotted);
Bytes utf8(std::string_view text);
Bytes time_text(std::string_view text);  // GeneralizedTime
Bytes time(sigstore::Timestamp at);
// RFC 5280 4.1.2.5: UTCTime through 2049, and GeneralizedTime after it. Who
// writes a certificate anew to look for an SCT writes it so.
Bytes certificate_time(sigstore::Timestamp at);

}  // namespace der
