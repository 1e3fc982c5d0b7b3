// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/pkcs11_key.h"

#include <openssl/bn.h>
#include <openssl/ec.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "core/crypto/certificate.h"
#include "core/crypto/openssl.h"
#include "core/crypto/pkcs11_module.h"

namespace sigstore {
namespace {

using SignatureHandle = Handle<ECDSA_SIG, ECDSA_SIG_free>;
using NumberHandle = Handle<BIGNUM, BN_free>;

// Two are one too many; more need not be counted.
constexpr std::size_t kTwo = 2;

// Fields of fixed size, filled up with blanks (PKCS #11 v2.40, 3.2).
std::string text_of(std::span<const unsigned char> field) {
  std::string text(field.begin(), field.end());
  text.erase(text.find_last_not_of(std::string_view(" \0", 2)) + 1);
  return text;
}

bool fits(const std::optional<std::string>& wanted,
          std::span<const unsigned char> field) {
  return !wanted || *wanted == text_of(field);
}

struct TokenPlace {
  ck_slot_id_t slot = 0;
  std::string label;
  ck_flags_t flags = 0;
};

bool matches(const Pkcs11Uri& uri, ck_slot_id_t slot,
             const ck_token_info& info) {
  return (!uri.slot_id || *uri.slot_id == slot) &&
         fits(uri.token, info.label) &&
         fits(uri.manufacturer, info.manufacturer_id) &&
         fits(uri.model, info.model) && fits(uri.serial, info.serial_number);
}

Result<TokenPlace> find_token(const Pkcs11Module& module,
                              const Pkcs11Uri& uri) {
  TRY_ASSIGN(const std::vector<ck_slot_id_t> slots, module.slots());
  std::vector<TokenPlace> found;
  std::string others;
  for (const ck_slot_id_t slot : slots) {
    ck_token_info info{};
    // One that is not set up yet holds no key.
    if (module.call().C_GetTokenInfo(slot, &info) != CKR_OK ||
        (info.flags & CKF_TOKEN_INITIALIZED) == 0)
      continue;
    const std::string label = text_of(info.label);
    if (matches(uri, slot, info))
      found.push_back({slot, label, info.flags});
    else if (!label.empty())
      others += concat(others.empty() ? " (there is '" : ", '", label, "'");
  }
  if (!others.empty()) others += ")";
  if (found.empty())
    return fail(ErrorKind::not_found, "no token matches the PKCS#11 URI",
                others);
  if (found.size() > 1)
    return fail(ErrorKind::invalid_input, found.size(),
                " tokens match the PKCS#11 URI; say which by token= or "
                "serial=");
  return found.front();
}

Result<void> log_in(const Pkcs11Session& session, const TokenPlace& token,
                    ck_user_type_t user, const PasswordSource& pin) {
  const std::string what = concat("token '", token.label, "'");
  if ((token.flags & CKF_USER_PIN_LOCKED) != 0)
    return fail(ErrorKind::unauthorized, what, ": the PIN is locked");
  if ((token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0)
    return session.login(user, std::nullopt).context(what);
  TRY_ASSIGN(const Password secret, pin().context(what));
  return session.login(user, secret.reveal_secret()).context(what);
}

Result<ck_object_handle_t> find_key(const Pkcs11Session& session,
                                    const Pkcs11Uri& uri,
                                    const TokenPlace& token) {
  Pkcs11Attributes wanted{{CKA_CLASS, pkcs11_number(CKO_PRIVATE_KEY)}};
  if (uri.object) wanted.emplace_back(CKA_LABEL, to_bytes(*uri.object));
  if (uri.id) wanted.emplace_back(CKA_ID, *uri.id);
  TRY_ASSIGN(const std::vector<ck_object_handle_t> keys,
             session.find(wanted, kTwo));
  if (keys.empty())
    return fail(ErrorKind::not_found, "token '", token.label,
                "' has no private key that the PKCS#11 URI names");
  if (keys.size() > 1)
    return fail(ErrorKind::invalid_input, "token '", token.label,
                "' has several private keys that the PKCS#11 URI names; say "
                "which by id= or object=");
  return keys.front();
}

// ITU-T X.690 8.1: tag, length, value, of less than 64 KiB.
Bytes encode(std::uint8_t tag, std::initializer_list<ByteView> parts) {
  std::size_t size = 0;
  for (const ByteView part : parts) size += part.size();
  Bytes out{tag};
  if (size >= 0x100) out.push_back(0x82);
  if (size >= 0x80 && size < 0x100) out.push_back(0x81);
  if (size >= 0x100) out.push_back(static_cast<std::uint8_t>(size >> 8U));
  out.push_back(static_cast<std::uint8_t>(size & 0xFFU));
  for (const ByteView part : parts)
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

// PKCS #11 v2.40, 2.3.3: CKA_EC_POINT is an OCTET STRING with the point; some
// modules leave the OCTET STRING out. A point of 65, 97 or 133 bytes is one of
// 67, 99 or 136 in it.
Bytes point_of(const Bytes& attribute) {
  const std::size_t size = attribute.size();
  if (size == 65 || size == 97 || size == 133) return attribute;
  const auto string =
      read_der<OctetStringHandle, d2i_ASN1_OCTET_STRING>(attribute);
  if (!string) return attribute;
  const ByteView point = bytes_of(string.get());
  return Bytes(point.begin(), point.end());
}

// SubjectPublicKeyInfo of RFC 5480 section 2.
Result<PublicKey> make_public_key(const Bytes& curve, const Bytes& point) {
  constexpr std::array<std::uint8_t, 9> kEcPublicKey{
      0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
  constexpr std::array<std::uint8_t, 1> kNoUnusedBits{0};
  const Bytes algorithm = encode(0x30, {kEcPublicKey, curve});
  const Bytes bits = encode(0x03, {kNoUnusedBits, point});
  return PublicKey::from_der(encode(0x30, {algorithm, bits}));
}

Result<std::optional<PublicKey>> from_public_object(
    const Pkcs11Session& session, const Pkcs11Attributes& same) {
  Pkcs11Attributes wanted = same;
  wanted.emplace_back(CKA_CLASS, pkcs11_number(CKO_PUBLIC_KEY));
  TRY_ASSIGN(const auto objects, session.find(wanted, 1));
  if (objects.empty()) return std::optional<PublicKey>();
  TRY_ASSIGN(const auto curve,
             session.attribute(objects.front(), CKA_EC_PARAMS));
  TRY_ASSIGN(const auto point,
             session.attribute(objects.front(), CKA_EC_POINT));
  if (!curve || !point) return std::optional<PublicKey>();
  TRY_ASSIGN(PublicKey key, make_public_key(*curve, point_of(*point)));
  return std::optional(std::move(key));
}

Result<std::optional<PublicKey>> from_certificate_object(
    const Pkcs11Session& session, const Pkcs11Attributes& same) {
  Pkcs11Attributes wanted = same;
  wanted.emplace_back(CKA_CLASS, pkcs11_number(CKO_CERTIFICATE));
  TRY_ASSIGN(const auto objects, session.find(wanted, 1));
  if (objects.empty()) return std::optional<PublicKey>();
  TRY_ASSIGN(const auto der, session.attribute(objects.front(), CKA_VALUE));
  if (!der) return std::optional<PublicKey>();
  TRY_ASSIGN(const Certificate certificate, Certificate::from_der(*der));
  TRY_ASSIGN(PublicKey key, PublicKey::from_der(certificate.spki()));
  return std::optional(std::move(key));
}

// A private key does not show its public half. PKCS #11 v2.40, 4.6: objects
// that belong together have the same CKA_ID.
Result<PublicKey> find_public_key(const Pkcs11Session& session,
                                  ck_object_handle_t key) {
  TRY_ASSIGN(const auto id, session.attribute(key, CKA_ID));
  TRY_ASSIGN(const auto label, session.attribute(key, CKA_LABEL));
  Pkcs11Attributes same;
  if (id && !id->empty())
    same.emplace_back(CKA_ID, *id);
  else if (label && !label->empty())
    same.emplace_back(CKA_LABEL, *label);
  if (!same.empty()) {
    TRY_ASSIGN(auto half, from_public_object(session, same));
    if (half) return std::move(*half);
    TRY_ASSIGN(half, from_certificate_object(session, same));
    if (half) return std::move(*half);
  }
  return fail(ErrorKind::not_found,
              "the token has neither the public key nor a certificate of the "
              "private key");
}

Result<void> check_key_type(const Pkcs11Session& session,
                            ck_object_handle_t key) {
  TRY_ASSIGN(const auto type, session.attribute(key, CKA_KEY_TYPE));
  if (type && *type == pkcs11_number(CKK_EC)) return {};
  return fail(ErrorKind::unsupported,
              "the key in the token is not ECDSA, which OMS asks for");
}

// CKM_ECDSA gives r and s, each as long as the curve's order; signatures are
// written as ECDSA-Sig-Value (RFC 3279 2.2.3).
Result<Bytes> to_der_signature(const Bytes& raw) {
  const std::size_t half = raw.size() / 2;
  if (raw.empty() || raw.size() % 2 != 0)
    return fail(ErrorKind::io, "the token gave a malformed signature");
  NumberHandle r(BN_bin2bn(raw.data(), static_cast<int>(half), nullptr));
  NumberHandle s(BN_bin2bn(raw.data() + half, static_cast<int>(half), nullptr));
  const SignatureHandle signature(ECDSA_SIG_new());
  if (!r || !s || !signature ||
      ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1)
    return openssl_error(ErrorKind::internal, "signature of a token");
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  return to_der<i2d_ECDSA_SIG>(signature.get());
}

}  // namespace

// In this order: the session goes before the module.
struct Pkcs11Key::State {
  Pkcs11Module module;
  TokenPlace token;
  PasswordSource pin;
  std::optional<Pkcs11Session> session = std::nullopt;
  ck_object_handle_t key = 0;
  bool asks_every_time = false;  // CKA_ALWAYS_AUTHENTICATE
};

Pkcs11Key::Pkcs11Key(std::unique_ptr<State> state, PublicKey public_key)
    : state_(std::move(state)), public_key_(std::move(public_key)) {}
Pkcs11Key::Pkcs11Key(Pkcs11Key&&) noexcept = default;
Pkcs11Key::~Pkcs11Key() = default;

Result<Pkcs11Key> Pkcs11Key::open(const Pkcs11Uri& uri, PasswordSource pin) {
  if (uri.module_path.empty())
    return fail(ErrorKind::invalid_input,
                "the PKCS#11 URI names no module: ?module-path=/usr/lib/...");
  TRY_ASSIGN(Pkcs11Module module, Pkcs11Module::load(uri.module_path));
  TRY_ASSIGN(TokenPlace token, find_token(module, uri));
  auto state = std::make_unique<State>(
      State{std::move(module), std::move(token), std::move(pin)});
  TRY_ASSIGN(Pkcs11Session opened,
             Pkcs11Session::open(state->module, state->token.slot));
  state->session.emplace(std::move(opened));
  const Pkcs11Session& session = *state->session;
  if ((state->token.flags & CKF_LOGIN_REQUIRED) != 0)
    TRY(log_in(session, state->token, CKU_USER, state->pin));
  TRY_ASSIGN(state->key, find_key(session, uri, state->token));
  TRY(check_key_type(session, state->key));
  TRY_ASSIGN(const auto always,
             session.attribute(state->key, CKA_ALWAYS_AUTHENTICATE));
  state->asks_every_time = always && *always == Bytes{1};
  TRY_ASSIGN(PublicKey half, find_public_key(session, state->key));
  return Pkcs11Key(std::move(state), std::move(half));
}

Result<Bytes> Pkcs11Key::sign(ByteView message) const {
  const SignatureHash hash =
      registry_hash(public_key_.verification_key().algorithm());
  TRY_ASSIGN(
      const Bytes raw,
      state_->session->sign_digest(
          state_->key, hash_bytes(hash, message), [this]() -> Result<void> {
            if (!state_->asks_every_time) return {};
            return log_in(*state_->session, state_->token, CKU_CONTEXT_SPECIFIC,
                          state_->pin);
          }));
  return to_der_signature(raw);
}

}  // namespace sigstore
