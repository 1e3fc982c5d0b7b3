// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to crypto/: owners of OpenSSL objects and its error queue.

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <string_view>

#include "core/base/error.h"
#include "core/base/handle.h"

namespace sigstore {

using BioHandle = Handle<BIO, BIO_free_all>;
using KeyContextHandle = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContextHandle = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using DigestHandle = Handle<EVP_MD, EVP_MD_free>;

// "what: OpenSSL's reason"; empties the queue.
Error openssl_error(ErrorKind kind, std::string_view what);

// The queue is per thread and survives calls; a check that expects failure
// leaves nothing behind for the next one.
void clear_openssl_errors();

}  // namespace sigstore
