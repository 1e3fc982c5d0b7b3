// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/bundle/bundle_json.h"
#include "core/crypto/timestamp_token.h"
#include "core/verify/certificate_profile.h"
#include "core/verify/key_method.h"
#include "hub-client/commands.h"

namespace sigstore::hub {
namespace {

struct Options {
  std::string path;
  bool json = false;
};

Json describe_certificate(const Bytes& der) {
  const Result<Certificate> leaf = Certificate::from_der(der);
  if (!leaf.ok()) return {{"malformed", leaf.error().message}};
  Json value = {{"subject", leaf->subject()},
                {"issuedBy", leaf->issuer()},
                {"serial", leaf->serial_hex()},
                {"notBefore", leaf->not_before().to_rfc3339()},
                {"notAfter", leaf->not_after().to_rfc3339()}};
  const Result<Identity> identity = read_identity(*leaf);
  if (!identity.ok()) return value;
  value["identity"] = identity->name.value;
  value["issuer"] = identity->issuer;
  return value;
}

// What is said of the signer, by the kind of material.
void describe_signer(const Bundle& bundle, Json& value) {
  if (std::holds_alternative<PublicKeyMaterial>(bundle.material)) {
    value["method"] = "key";
    value["keyFingerprint"] = claimed_fingerprint(bundle);
  } else if (const auto* chain =
                 std::get_if<CertificateChainMaterial>(&bundle.material)) {
    value["method"] = "certificate";
    value["certificate"] = describe_certificate(chain->certificates.front());
  } else {
    value["method"] = "sigstore";
    value["certificate"] = describe_certificate(
        std::get<CertificateMaterial>(bundle.material).der);
  }
}

// Logs and clocks that the bundle names.
void describe_evidence(const Bundle& bundle, Json& value) {
  value["logEntries"] = Json::array();
  for (const TlogEntry& entry : bundle.tlog_entries) {
    Json item = {{"logId", to_hex(entry.log_id)},
                 {"index", entry.log_index},
                 {"kind", entry.kind + " " + entry.version}};
    // Up to the year 9999; more is nonsense that nobody has checked.
    if (entry.integrated_time > 0 && entry.integrated_time < 253'402'300'800)
      item["time"] = Timestamp{entry.integrated_time}.to_rfc3339();
    value["logEntries"].push_back(std::move(item));
  }
  value["timestamps"] = Json::array();
  for (const Bytes& token : bundle.timestamps) {
    const Result<TimestampResponse> response =
        TimestampResponse::from_der(token);
    value["timestamps"].push_back(
        response.ok() ? response->claimed_time().to_rfc3339() : "malformed");
  }
}

// A bundle as it describes itself; nothing of it has been verified.
Result<Json> describe(const std::string& argument) {
  std::error_code error;
  const std::string path =
      std::filesystem::is_directory(argument, error)
          ? (std::filesystem::path(argument) / kSignatureName).string()
          : argument;
  TRY_ASSIGN(const Bytes bytes, read_file(path, limits::kBundle));
  TRY_ASSIGN(const Bundle bundle, parse_bundle(bytes).context(path));
  Json value = {
      {"path", path}, {"verified", false}, {"mediaType", bundle.media_type}};
  describe_signer(bundle, value);
  describe_evidence(bundle, value);
  const auto* envelope = std::get_if<DsseEnvelope>(&bundle.content);
  if (envelope == nullptr) {
    value["content"] = "messageSignature";
    return value;
  }
  value["content"] = "dsseEnvelope";
  value["payloadType"] = envelope->payload_type;
  Result<Json> payload = parse_json(as_text(envelope->payload));
  if (payload.ok()) value["statement"] = std::move(*payload);
  return value;
}

std::string dump_compact(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The text of a member, or "-".
std::string text_of(const Json* value) {
  if (value == nullptr) return "-";
  return value->is_string() ? value->get<std::string>() : dump_compact(*value);
}

void print_resources(const Json& statement) {
  const Json* predicate = find_member(statement, "predicate");
  if (predicate == nullptr) return;
  if (const Json* how = find_member(*predicate, "serialization"))
    print_line("  serialization: " + one_line(dump_compact(*how)));
  const Json* list = find_member(*predicate, "resources");
  if (list == nullptr || !list->is_array()) return;
  print_line(concat("  resources:     ", list->size()));
  for (const Json& item : *list)
    print_line(concat("    ", one_line(text_of(find_member(item, "digest"))),
                      "  ", one_line(text_of(find_member(item, "name")))));
}

void print_text(const Json& value) {
  print_line("NOT VERIFIED: what this bundle says of itself");
  for (const char* name :
       {"path", "mediaType", "method", "keyFingerprint", "payloadType"})
    if (const Json* member = find_member(value, name))
      print_line(concat("  ", name, ": ", one_line(text_of(member))));
  if (const Json* certificate = find_member(value, "certificate"))
    for (const auto& item : certificate->items())
      print_line(concat("  certificate ", item.key(), ": ",
                        one_line(text_of(&item.value()))));
  for (const Json& entry : value["logEntries"])
    print_line("  log entry: " + one_line(dump_compact(entry)));
  for (const Json& time : value["timestamps"])
    print_line("  timestamp: " + one_line(text_of(&time)));
  const Json* statement = find_member(value, "statement");
  if (statement == nullptr) return;
  print_line("statement:");
  print_line("  predicateType: " +
             one_line(text_of(find_member(*statement, "predicateType"))));
  print_line("  subject:       " +
             one_line(text_of(find_member(*statement, "subject"))));
  print_resources(*statement);
}

class InspectCommand final : public Verb {
 public:
  explicit InspectCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "inspect",
            "Show what a signature says of itself, without judging it")) {
    command()
        .add_option("PATH", options_.path,
                    "Signature file, or a folder with model.sig")
        .required();
    command().add_flag("--json", options_.json, "Print the result as JSON");
  }

  ExitCode run() override {
    const Result<Json> value = describe(options_.path);
    if (!value.ok())
      return report(Terminal("hf-sigstore"), value.error(), options_.json);
    if (options_.json)
      print_line(dump_json(*value));
    else
      print_text(*value);
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_inspect_command(CommandLine app) {
  return std::make_unique<InspectCommand>(app);
}

}  // namespace sigstore::hub
