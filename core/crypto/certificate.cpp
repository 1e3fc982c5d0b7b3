// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/certificate.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "core/base/encoding.h"
#include "core/base/limits.h"
#include "core/crypto/checked_certificates.h"
#include "core/crypto/message_digest.h"
#include "core/crypto/openssl.h"
#include "core/crypto/pem.h"

namespace sigstore {
namespace {

using NamesHandle = Handle<GENERAL_NAMES, GENERAL_NAMES_free>;
using UsagesHandle = Handle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using Utf8StringHandle = Handle<ASN1_UTF8STRING, ASN1_UTF8STRING_free>;
using NumberHandle = Handle<BIGNUM, BN_free>;

// Fulcio's arc, and the type of a username in it.
constexpr std::string_view kFulcioArc = "1.3.6.1.4.1.57264.1.";
constexpr const char* kUsernameType = "1.3.6.1.4.1.57264.1.7";

ObjectHandle object_of(const char* oid) {
  return ObjectHandle(OBJ_txt2obj(oid, 1));
}

// RFC 5280 4.1.2.5: UTCTime or GeneralizedTime with seconds, in UTC, without
// fractions.
Result<Timestamp> validity_time(const ASN1_TIME* time) {
  const int length = ASN1_STRING_length(time);
  const bool is_short = ASN1_STRING_type(time) == V_ASN1_UTCTIME;
  const std::optional<Timestamp> parsed = to_timestamp(time);
  if (!parsed || length != (is_short ? 13 : 15))
    return fail(ErrorKind::invalid_input, "malformed time of validity");
  return *parsed;
}

// RFC 5280 4.2: "A certificate MUST NOT include more than one instance of a
// particular extension." Who reads the first and who reads the last would
// disagree.
Result<void> check_extensions(const X509* x509) {
  std::set<Bytes> seen;
  for (int i = 0; i < X509_get_ext_count(x509); ++i) {
    const ASN1_OBJECT* oid = X509_EXTENSION_get_object(X509_get_ext(x509, i));
    const unsigned char* start = OBJ_get0_data(oid);
    if (!seen.insert(Bytes(start, start + OBJ_length(oid))).second)
      return fail(ErrorKind::invalid_input, "an extension is there twice");
  }
  return {};
}

std::string one_line(const X509_NAME* name) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  constexpr unsigned long kFlags =
      XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_FN_SN | ASN1_STRFLGS_ESC_2253 |
      ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT |
      ASN1_STRFLGS_DUMP_UNKNOWN | ASN1_STRFLGS_DUMP_DER;
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, kFlags) < 0) {
    clear_openssl_errors();
    return "an unreadable name";
  }
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return printable({text, static_cast<std::size_t>(length)});
}

// The contents of the extension, when it is there.
std::optional<ByteView> extension_value(const X509* x509, int index) {
  if (index < 0) return std::nullopt;
  return bytes_of(X509_EXTENSION_get_data(X509_get_ext(x509, index)));
}

Error bad_name(std::string_view why) {
  return fail(ErrorKind::bad_evidence, "subject alternative name: ", why);
}

// IA5 text is ASCII; a NUL would end the name early for whoever takes it for
// a C string.
bool is_plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_plain_utf8(std::string_view text) {
  return is_utf8(text) && text.find('\0') == std::string_view::npos;
}

Result<SubjectName> username(const OTHERNAME* name) {
  const ObjectHandle type = object_of(kUsernameType);
  if (!type || OBJ_cmp(name->type_id, type.get()) != 0 ||
      ASN1_TYPE_get(name->value) != V_ASN1_UTF8STRING)
    return bad_name("not of a type that Fulcio issues");
  const std::string value(as_text(bytes_of(name->value->value.utf8string)));
  if (value.empty() || !is_plain_utf8(value)) return bad_name("not plain text");
  return SubjectName{SubjectName::Kind::username, value};
}

Result<SubjectName> name_of(const GENERAL_NAME* name) {
  int type = 0;
  const void* value = GENERAL_NAME_get0_value(name, &type);
  if (type == GEN_OTHERNAME)
    return username(static_cast<const OTHERNAME*>(value));
  if (type != GEN_EMAIL && type != GEN_URI)
    return bad_name("not of a type that Fulcio issues");
  const std::string text(
      as_text(bytes_of(static_cast<const ASN1_IA5STRING*>(value))));
  if (text.empty() || !is_plain_ascii(text)) return bad_name("not plain text");
  return SubjectName{
      type == GEN_EMAIL ? SubjectName::Kind::email : SubjectName::Kind::uri,
      text};
}

}  // namespace

void Certificate::FreeX509::operator()(x509_st* x509) const noexcept {
  X509_free(x509);
}

Certificate::Certificate(Certificate&&) noexcept = default;
Certificate& Certificate::operator=(Certificate&&) noexcept = default;
Certificate::~Certificate() = default;

Certificate::Certificate(ByteView der, X509Owner x509)
    : der_(der.begin(), der.end()), x509_(std::move(x509)) {}

Certificate::Certificate(const Certificate& other) : der_(other.der_) {
  if (other.x509_) X509_up_ref(other.x509_.get());
  x509_.reset(other.x509_.get());
}

Certificate& Certificate::operator=(const Certificate& other) {
  if (this != &other) *this = Certificate(other);
  return *this;
}

Result<Certificate> Certificate::from_der(ByteView der) {
  if (der.size() > limits::kCertificate)
    return fail(ErrorKind::invalid_input, "certificate: too large");
  TRY_ASSIGN(X509Owner x509, decode(der).context("certificate"));
  return Certificate(der, std::move(x509));
}

Result<Certificate> Certificate::from_trusted_der(ByteView der) {
  if (is_checked_certificate(sha256(der))) return Certificate(der, nullptr);
  return from_der(der);
}

Result<Certificate::X509Owner> Certificate::decode(ByteView der) {
  X509Owner x509(
      read_strict_der<X509Handle, d2i_X509, i2d_X509>(der).release());
  if (!x509) return fail(ErrorKind::invalid_input, "not one DER certificate");
  TRY(validity_time(X509_get0_notBefore(x509.get())));
  TRY(validity_time(X509_get0_notAfter(x509.get())));
  TRY(check_extensions(x509.get()));
  // Reads the extensions that OpenSSL knows, once: from here on the object
  // does not change.
  const bool is_invalid =
      (X509_get_extension_flags(x509.get()) & EXFLAG_INVALID) != 0;
  clear_openssl_errors();
  if (is_invalid) return fail(ErrorKind::invalid_input, "malformed extension");
  return x509;
}

x509_st* Certificate::handle() const {
  if (x509_) return x509_.get();
  Result<X509Owner> x509 = decode(der_);
  // It was checked: what fails is memory.
  if (!x509.ok()) std::abort();
  x509_ = std::move(*x509);
  return x509_.get();
}

Result<std::vector<Certificate>> Certificate::from_pem(std::string_view pem) {
  auto blocks = read_pem(pem, limits::kChainCertificates);
  if (!blocks.ok()) return std::move(blocks).error().context("certificates");
  if (blocks->empty())
    return fail(ErrorKind::invalid_input,
                "certificates: no PEM block 'CERTIFICATE'");
  std::vector<Certificate> certificates;
  for (const PemBlock& block : *blocks) {
    if (block.label != "CERTIFICATE")
      return fail(ErrorKind::invalid_input, "certificates: a PEM block '",
                  printable(block.label), "' is not a certificate");
    TRY_ASSIGN(Certificate certificate, from_der(block.der));
    certificates.push_back(std::move(certificate));
  }
  return certificates;
}

std::string Certificate::pem() const { return write_pem("CERTIFICATE", der_); }

Bytes Certificate::spki() const {
  return to_der<i2d_X509_PUBKEY>(X509_get_X509_PUBKEY(handle()));
}

Result<VerificationKey> Certificate::key() const {
  return VerificationKey::from_der(spki()).context("key of the certificate");
}

std::string Certificate::subject() const {
  return one_line(X509_get_subject_name(handle()));
}

std::string Certificate::issuer() const {
  return one_line(X509_get_issuer_name(handle()));
}

std::string Certificate::serial_hex() const {
  const NumberHandle number(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(handle()), nullptr));
  if (!number) return {};
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), bytes.data());
  return (BN_is_negative(number.get()) ? "-" : "") + to_hex(bytes);
}

// Both were read once before.
Timestamp Certificate::not_before() const {
  return to_timestamp(X509_get0_notBefore(handle())).value_or(Timestamp{});
}

Timestamp Certificate::not_after() const {
  return to_timestamp(X509_get0_notAfter(handle())).value_or(Timestamp{});
}

bool Certificate::is_ca() const { return X509_check_ca(handle()) != 0; }

bool Certificate::is_self_signed() const {
  EVP_PKEY* key = X509_get0_pubkey(handle());
  const bool fits = key != nullptr && X509_verify(handle(), key) == 1;
  clear_openssl_errors();
  return fits;
}

bool Certificate::may_sign_data() const {
  return (X509_get_extension_flags(handle()) & EXFLAG_KUSAGE) != 0 &&
         (X509_get_key_usage(handle()) & KU_DIGITAL_SIGNATURE) != 0;
}

bool Certificate::may_sign_code() const {
  return has_extended_usage() &&
         (X509_get_extended_key_usage(handle()) & XKU_CODE_SIGN) != 0;
}

bool Certificate::has_extended_usage() const {
  return (X509_get_extension_flags(handle()) & EXFLAG_XKUSAGE) != 0;
}

bool Certificate::may_stamp_time() const {
  const int index = X509_get_ext_by_NID(handle(), NID_ext_key_usage, -1);
  const auto value = extension_value(handle(), index);
  if (!value || X509_EXTENSION_get_critical(X509_get_ext(handle(), index)) != 1)
    return false;
  const UsagesHandle usages =
      read_strict_der<UsagesHandle, d2i_EXTENDED_KEY_USAGE,
                      i2d_EXTENDED_KEY_USAGE>(*value);
  return usages && sk_ASN1_OBJECT_num(usages.get()) == 1 &&
         OBJ_obj2nid(sk_ASN1_OBJECT_value(usages.get(), 0)) == NID_time_stamp;
}

Result<SubjectName> Certificate::subject_name() const {
  const auto value = extension_value(
      handle(), X509_get_ext_by_NID(handle(), NID_subject_alt_name, -1));
  if (!value) return bad_name("there is none");
  const NamesHandle names =
      read_strict_der<NamesHandle, d2i_GENERAL_NAMES, i2d_GENERAL_NAMES>(
          *value);
  if (!names) return bad_name("malformed");
  if (sk_GENERAL_NAME_num(names.get()) != 1) return bad_name("not exactly one");
  return name_of(sk_GENERAL_NAME_value(names.get(), 0));
}

Result<std::optional<std::string>> Certificate::fulcio_extension(
    int number) const {
  const std::string name = concat(kFulcioArc, number);
  const ObjectHandle oid = object_of(name.c_str());
  if (!oid) return openssl_error(ErrorKind::internal, name);
  const auto value =
      extension_value(handle(), X509_get_ext_by_OBJ(handle(), oid.get(), -1));
  if (!value) return std::optional<std::string>();
  std::string text(as_text(*value));
  if (number > 7) {
    const Utf8StringHandle string =
        read_strict_der<Utf8StringHandle, d2i_ASN1_UTF8STRING,
                        i2d_ASN1_UTF8STRING>(*value);
    if (!string)
      return fail(ErrorKind::bad_evidence, "extension ", name,
                  ": not one DER UTF8String");
    text = as_text(bytes_of(string.get()));
  }
  if (!is_plain_utf8(text))
    return fail(ErrorKind::bad_evidence, "extension ", name,
                ": not plain text");
  return std::optional<std::string>(std::move(text));
}

bool Certificate::has_extension(const char* oid) const {
  const ObjectHandle object = object_of(oid);
  return object && X509_get_ext_by_OBJ(handle(), object.get(), -1) >= 0;
}

}  // namespace sigstore
