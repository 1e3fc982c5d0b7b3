// SPDX-License-Identifier: Apache-2.0
#include "hub-client/publish.h"

#include <filesystem>
#include <utility>
#include <variant>

#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/bundle/bundle_json.h"
#include "core/crypto/message_digest.h"
#include "hub-client/upload/upload.h"

namespace sigstore::hub {
namespace {

Result<Resource> claimed_resource(const Json& item) {
  TRY_ASSIGN(const std::string_view name, string_member(item, "name"));
  TRY_ASSIGN(const std::string_view hex, string_member(item, "digest"));
  const std::optional<Bytes> digest = from_hex(hex);
  if (!digest || digest->empty() || digest->size() > ContentDigest::kMaxSize)
    return fail(ErrorKind::invalid_input, "'digest' is no digest");
  return Resource{std::string(name), ContentDigest(*digest)};
}

Result<Parameters> claimed_parameters(const Json& predicate) {
  Parameters parameters;
  TRY_ASSIGN(const Json* how, object_member(predicate, "serialization"));
  TRY_ASSIGN(const std::string_view method, string_member(*how, "method"));
  parameters.method = method == "shards" ? Method::shards : Method::files;
  TRY_ASSIGN(const std::string_view hash, string_member(*how, "hash_type"));
  TRY_ASSIGN(parameters.hash_type, parse_hash_name(hash));
  return parameters;
}

}  // namespace

Result<ContentDigest> HubContent::digest_of(const ListedFile& file) {
  if (file.sha256) return ContentDigest(*file.sha256);
  // Plain files are small: the Hub takes none above 10 MiB (hub.md 4.1).
  if (file.size > limits::kSignedFile)
    return fail(ErrorKind::unsupported, file.path,
                " is large and not in LFS: the Hub's listing has no SHA-256 "
                "of it, pull the model and sign the folder");
  TRY_ASSIGN(const Bytes content,
             hub_.read(repo_, listing_.commit, file.path, limits::kSignedFile));
  if (content.size() != file.size)
    return fail(ErrorKind::content_differs, file.path,
                " has another size than the Hub lists");
  return ContentDigest(sha256(content));
}

Result<Manifest> HubContent::manifest(const Parameters& parameters,
                                      const Selection& selection) {
  if (parameters.method != Method::files ||
      parameters.hash_type != HashAlgorithm::sha256)
    return fail(ErrorKind::unsupported,
                "the Hub lists SHA-256 digests of whole files and no others");
  Manifest manifest;
  manifest.parameters = parameters;
  for (const ListedFile& file : listing_.files) {
    if (!selection.has_file(file.path)) continue;
    TRY(check_path(file.path));
    TRY(check_canonical_path(file.path));
    TRY_ASSIGN(ContentDigest digest, digest_of(file));
    manifest.resources.push_back({file.path, digest});
    manifest.total_size += file.size;
  }
  TRY(sort_resources(manifest.resources));
  return manifest;
}

Result<Manifest> claimed_manifest(ByteView bytes) {
  TRY_ASSIGN(const Bundle bundle, parse_bundle(bytes));
  return claimed_manifest(bundle);
}

Result<Manifest> claimed_manifest(const Bundle& bundle) {
  const auto* envelope = std::get_if<DsseEnvelope>(&bundle.content);
  if (envelope == nullptr)
    return fail(ErrorKind::invalid_input, "it is no signature of a model");
  TRY_ASSIGN(const Json statement, parse_json(as_text(envelope->payload)));
  TRY_ASSIGN(const Json* predicate, object_member(statement, "predicate"));
  Manifest manifest;
  TRY_ASSIGN(manifest.parameters, claimed_parameters(*predicate));
  TRY_ASSIGN(const Json* resources, array_member(*predicate, "resources"));
  for (const Json& item : *resources) {
    TRY_ASSIGN(Resource resource, claimed_resource(item));
    manifest.resources.push_back(std::move(resource));
  }
  TRY(sort_resources(manifest.resources));
  return manifest;
}

Result<Published> publish(Hub& hub, http::StreamClient& network,
                          PublishRequest request,
                          const std::function<void()>& no_access) {
  std::error_code error;
  const std::filesystem::path temporary =
      std::filesystem::temp_directory_path(error);
  if (error)
    return fail(ErrorKind::io,
                "no folder for temporary files: ", error.message());
  TRY_ASSIGN(const TemporaryDirectory folder,
             TemporaryDirectory::create(temporary / "hf-sigstore-XXXXXX"));
  UploadRequest wanted{request.repo,
                       request.branch,
                       request.create_pr,
                       request.summary,
                       {},
                       request.head,
                       {},
                       {}};
  for (const PublishedFile& file : request.files) {
    const std::filesystem::path local =
        folder.path() / std::to_string(wanted.files.size());
    TRY(write_file_atomic(local, as_bytes(file.text)));
    wanted.files.push_back(
        {file.path, local, file.text.size(), sha256(as_bytes(file.text))});
  }
  Result<UploadReport> report = upload(hub, network, wanted, {});
  if (!report.ok() && report.error().kind == ErrorKind::unauthorized &&
      !wanted.create_pr) {
    no_access();
    wanted.create_pr = true;
    report = upload(hub, network, wanted, {});
  }
  if (!report.ok()) return std::move(report).error();
  return Published{std::move(report->commit), wanted.create_pr};
}

}  // namespace sigstore::hub
