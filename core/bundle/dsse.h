// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/bytes.h"

namespace sigstore {

inline constexpr std::string_view kInTotoPayloadType =
    "application/vnd.in-toto+json";

// DSSE v1.0.2, "Signature Definition": the bytes that are signed.
// PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body
Bytes pre_authentication_encoding(std::string_view payload_type,
                                  ByteView payload);

// What model-signing 0.2 signed instead: "DSSEV1", and the payload as Python
// prints a byte string. Only for statements of that version.
Bytes legacy_pre_authentication_encoding(std::string_view payload_type,
                                         ByteView payload);

}  // namespace sigstore
