// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sigstore {

// For a program that is about to run, before anything else of this room:
//
// - OpenSSL does not take itself apart at the end; the kernel does that at
//   once.
// - Random numbers come from a generator over SHA-256 (NIST SP 800-90A,
//   Hash_DRBG), which is at hand, and not over AES, for which all ciphers
//   would be loaded: verifying on P-384 needs two numbers, as blinds.
//
// The system's configuration of OpenSSL is read as ever, and has the last word:
// it says which providers may be used, and for what (FIPS).
void start_crypto();

// Nothing will be encrypted, decrypted or sent, and mostly nothing goes wrong:
// no cipher gets its names, and no error its text until one is asked for.
void start_verifier();

}  // namespace sigstore
