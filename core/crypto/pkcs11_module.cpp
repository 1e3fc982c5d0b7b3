// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/pkcs11_module.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "core/base/limits.h"
#include "core/crypto/private_key.h"

namespace sigstore {
namespace {

std::string to_hex_number(unsigned long code) {
  std::array<char, 20> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), code, 16);
  return "0x" + std::string(digits.data(), end.ptr);
}

// Attribute templates are not const in C, and are not written to here.
std::vector<ck_attribute> to_template(Pkcs11Attributes& wanted) {
  std::vector<ck_attribute> list;
  for (auto& [type, value] : wanted)
    list.push_back({type, value.data(), value.size()});
  return list;
}

}  // namespace

Error pkcs11_error(std::string_view what, ck_rv_t code) {
  switch (code) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      return fail(ErrorKind::unauthorized, what, ": wrong PIN");
    case CKR_PIN_LOCKED:
      return fail(ErrorKind::unauthorized, what,
                  ": the PIN is locked after too many wrong ones");
    case CKR_PIN_EXPIRED:
    case CKR_USER_PIN_NOT_INITIALIZED:
      return fail(ErrorKind::unauthorized, what, ": the PIN has to be set");
    case CKR_MECHANISM_INVALID:
      return fail(ErrorKind::unsupported, what,
                  ": the token does not sign a digest by ECDSA");
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_DEVICE_REMOVED:
      return fail(ErrorKind::not_found, what, ": the token is gone");
    default:
      return fail(ErrorKind::io, what, ": the module answers ",
                  to_hex_number(code));
  }
}

Result<std::filesystem::path> check_module_path(const std::string& path) {
  if (!path.starts_with('/'))
    return fail(ErrorKind::invalid_input, "PKCS#11 module '", path,
                "': not an absolute path");
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  if (error)
    return fail(ErrorKind::not_found, "PKCS#11 module ", path, ": ",
                error.message());
  struct stat status {};
  for (std::filesystem::path at = real;; at = at.parent_path()) {
    if (::lstat(at.c_str(), &status) != 0)
      return fail(ErrorKind::io, "PKCS#11 module ", path, ": ",
                  errno_text(errno));
    if (at == real && !S_ISREG(status.st_mode))
      return fail(ErrorKind::invalid_input, "PKCS#11 module ", path,
                  ": not a file");
    if (status.st_uid != 0 || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
      return fail(ErrorKind::invalid_input, "PKCS#11 module ", path,
                  " is not loaded: others than root may write ", at.string());
    if (at == at.root_path()) return real;
  }
}

Result<Pkcs11Module> Pkcs11Module::load(const std::string& path) {
  TRY_ASSIGN(const std::filesystem::path real, check_module_path(path));
  void* library = dlopen(real.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = dlerror();
    return fail(ErrorKind::invalid_input, "PKCS#11 module: ",
                reason == nullptr ? path : std::string(reason));
  }
  const auto list = reinterpret_cast<CK_C_GetFunctionList>(
      dlsym(library, "C_GetFunctionList"));
  ck_function_list* functions = nullptr;
  if (list == nullptr || list(&functions) != CKR_OK || functions == nullptr)
    return fail(ErrorKind::invalid_input, path, " is not a PKCS#11 module");
  const ck_rv_t code = functions->C_Initialize(nullptr);
  if (code != CKR_OK) return pkcs11_error(path, code);
  return Pkcs11Module(functions);
}

Pkcs11Module::~Pkcs11Module() {
  if (functions_ != nullptr) functions_->C_Finalize(nullptr);
}

Result<std::vector<ck_slot_id_t>> Pkcs11Module::slots() const {
  constexpr unsigned long kMostSlots = 1024;
  unsigned long count = 0;
  ck_rv_t code = call().C_GetSlotList(1, nullptr, &count);
  if (code != CKR_OK) return pkcs11_error("tokens", code);
  if (count > kMostSlots)
    return fail(ErrorKind::invalid_input, "tokens: more than ", kMostSlots);
  std::vector<ck_slot_id_t> slots(count);
  if (count == 0) return slots;
  code = call().C_GetSlotList(1, slots.data(), &count);
  if (code != CKR_OK) return pkcs11_error("tokens", code);
  slots.resize(std::min<std::size_t>(count, slots.size()));
  return slots;
}

Bytes pkcs11_number(unsigned long number) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&number);
  return Bytes(bytes, bytes + sizeof number);
}

Result<Pkcs11Session> Pkcs11Session::open(const Pkcs11Module& module,
                                          ck_slot_id_t slot) {
  ck_session_handle_t handle = 0;
  const ck_rv_t code = module.call().C_OpenSession(slot, CKF_SERIAL_SESSION,
                                                   nullptr, nullptr, &handle);
  if (code != CKR_OK) return pkcs11_error("session", code);
  return Pkcs11Session(module, handle);
}

Pkcs11Session::~Pkcs11Session() {
  if (handle_ != 0) module_.call().C_CloseSession(handle_);
}

Result<void> Pkcs11Session::login(ck_user_type_t user,
                                  std::optional<std::string_view> pin) const {
  Bytes secret = pin ? to_bytes(*pin) : Bytes();
  const ck_rv_t code = module_.call().C_Login(
      handle_, user, pin ? secret.data() : nullptr, secret.size());
  wipe(secret);
  if (code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN) return {};
  return pkcs11_error("login", code);
}

Result<std::vector<ck_object_handle_t>> Pkcs11Session::find(
    const Pkcs11Attributes& wanted, std::size_t limit) const {
  Pkcs11Attributes copy = wanted;
  std::vector<ck_attribute> list = to_template(copy);
  ck_rv_t code =
      module_.call().C_FindObjectsInit(handle_, list.data(), list.size());
  if (code != CKR_OK) return pkcs11_error("objects", code);
  std::vector<ck_object_handle_t> found;
  while (found.size() < limit) {
    ck_object_handle_t one = 0;
    unsigned long count = 0;
    code = module_.call().C_FindObjects(handle_, &one, 1, &count);
    if (code != CKR_OK || count == 0) break;
    found.push_back(one);
  }
  module_.call().C_FindObjectsFinal(handle_);
  if (code != CKR_OK) return pkcs11_error("objects", code);
  return found;
}

Result<std::optional<Bytes>> Pkcs11Session::attribute(
    ck_object_handle_t object, ck_attribute_type_t type) const {
  ck_attribute one{type, nullptr, 0};
  ck_rv_t code = module_.call().C_GetAttributeValue(handle_, object, &one, 1);
  if (code == CKR_ATTRIBUTE_TYPE_INVALID || code == CKR_ATTRIBUTE_SENSITIVE ||
      one.value_len == CK_UNAVAILABLE_INFORMATION)
    return std::optional<Bytes>();
  if (code != CKR_OK) return pkcs11_error("attribute", code);
  if (one.value_len > limits::kCertificate)
    return fail(ErrorKind::invalid_input, "an attribute is too long");
  Bytes value(one.value_len);
  one.value = value.data();
  code = module_.call().C_GetAttributeValue(handle_, object, &one, 1);
  if (code != CKR_OK || one.value_len > value.size())
    return pkcs11_error("attribute", code);
  value.resize(one.value_len);
  return std::optional(std::move(value));
}

Result<void> Pkcs11Session::begin_signature(ck_object_handle_t key) const {
  ck_mechanism mechanism{CKM_ECDSA, nullptr, 0};
  const ck_rv_t code = module_.call().C_SignInit(handle_, &mechanism, key);
  if (code != CKR_OK) return pkcs11_error("signing", code);
  return {};
}

Result<Bytes> Pkcs11Session::finish_signature(Bytes digest) const {
  Bytes signature(limits::kKiB);
  unsigned long size = signature.size();
  const ck_rv_t code = module_.call().C_Sign(
      handle_, digest.data(), digest.size(), signature.data(), &size);
  if (code != CKR_OK || size > signature.size())
    return pkcs11_error("signing", code);
  signature.resize(size);
  return signature;
}

}  // namespace sigstore
