// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to crypto/: a PKCS#11 module (OASIS PKCS #11 v2.40), loaded.

#ifndef CRYPTOKI_GNU
#define CRYPTOKI_GNU 1  // without macros of names like "value" and "count"
#endif
#include <p11-kit/pkcs11.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace sigstore {

// What a function of a module answered. `unauthorized` for what is about the
// PIN.
Error pkcs11_error(std::string_view what, ck_rv_t code);

// To load a library is to run a program: whoever may write it, or put another
// one in its place, signs in our name. So it lies, links resolved, where
// nobody but root may write: the file, and every folder above it.
Result<std::filesystem::path> check_module_path(const std::string& path);

// A loaded module, ended when it goes out of scope. The library itself stays:
// modules leave threads and handlers behind.
class Pkcs11Module {
 public:
  static Result<Pkcs11Module> load(const std::string& path);
  Pkcs11Module(Pkcs11Module&& other) noexcept
      : functions_(std::exchange(other.functions_, nullptr)) {}
  Pkcs11Module& operator=(Pkcs11Module&&) = delete;
  ~Pkcs11Module();

  const ck_function_list& call() const { return *functions_; }
  // Slots with a token in them.
  Result<std::vector<ck_slot_id_t>> slots() const;

 private:
  explicit Pkcs11Module(const ck_function_list* functions)
      : functions_(functions) {}
  const ck_function_list* functions_;
};

// What an object has to be like: attributes of bytes.
using Pkcs11Attributes = std::vector<std::pair<ck_attribute_type_t, Bytes>>;
// A number as attributes have it.
Bytes pkcs11_number(unsigned long number);

// A session with a token, closed when it goes out of scope. The module lives
// longer.
class Pkcs11Session {
 public:
  static Result<Pkcs11Session> open(const Pkcs11Module& module,
                                    ck_slot_id_t slot);
  Pkcs11Session(Pkcs11Session&& other) noexcept
      : module_(other.module_), handle_(std::exchange(other.handle_, 0)) {}
  Pkcs11Session& operator=(Pkcs11Session&&) = delete;
  ~Pkcs11Session();

  // Nothing for a PIN: the token has a keypad of its own.
  Result<void> login(ck_user_type_t user,
                     std::optional<std::string_view> pin) const;
  // Up to `limit` of those that match.
  Result<std::vector<ck_object_handle_t>> find(const Pkcs11Attributes& wanted,
                                               std::size_t limit) const;
  // Nothing when the object does not have it, or does not show it.
  Result<std::optional<Bytes>> attribute(ck_object_handle_t object,
                                         ck_attribute_type_t type) const;
  // CKM_ECDSA: r and s beside each other. `unlock` is called between the two
  // halves of it, where a key wants its PIN every time.
  template <class Unlock>
  Result<Bytes> sign_digest(ck_object_handle_t key, Bytes digest,
                            Unlock unlock) const {
    TRY(begin_signature(key));
    TRY(unlock());
    return finish_signature(std::move(digest));
  }

 private:
  Pkcs11Session(const Pkcs11Module& module, ck_session_handle_t handle)
      : module_(module), handle_(handle) {}
  Result<void> begin_signature(ck_object_handle_t key) const;
  Result<Bytes> finish_signature(Bytes digest) const;

  const Pkcs11Module& module_;
  ck_session_handle_t handle_;
};

}  // namespace sigstore
