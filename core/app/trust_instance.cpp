// SPDX-License-Identifier: Apache-2.0
#include "core/app/trust_instance.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "core/app/settings.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/http/url.h"
#include "core/trust/embedded_root.h"
#include "core/trust/signing_config.h"
#include "core/trust/trusted_root.h"
#include "core/tuf/tuf_client.h"

namespace sigstore {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTrustedRoot = "trusted_root.json";
constexpr std::string_view kSigningConfig = "signing_config.v0.2.json";

Result<fs::path> folder_of(const std::string& url) {
  TRY_ASSIGN(const fs::path data, data_folder());
  return data / "tuf" / quote_segment(url);
}

Error unknown(const std::string& url) {
  return fail(ErrorKind::not_found, "the instance ", url,
              " is not known; hf-sigstore trust-instance ROOT.json --instance ",
              url, " makes it so");
}

// What starts the chain where nothing is stored.
Result<Bytes> first_root(const std::string& url, const fs::path& folder) {
  if (url == kPublicInstance) return to_bytes(embedded_tuf_root());
  std::error_code error;
  if (!fs::exists(folder / "root.json", error)) return unknown(url);
  return read_file(folder / "root.json", limits::kTrustedRoot);
}

// The files of a chain that is up to date, or was loaded.
Result<InstanceTrust> read_trust(const std::string& url, TufClient& client) {
  InstanceTrust trust;
  trust.url = url;
  TRY_ASSIGN(trust.trusted_root, client.target(kTrustedRoot));
  // A signed file that this program cannot read is nothing to build on.
  if (auto root = parse_trusted_root(trust.trusted_root); !root.ok())
    return std::move(root).error().context(kTrustedRoot);
  Result<Bytes> config = client.target(kSigningConfig);
  if (config.ok()) {
    if (auto parsed = parse_signing_config(*config); !parsed.ok())
      return std::move(parsed).error().context(kSigningConfig);
    trust.signing_config = *std::move(config);
  } else if (config.error().kind != ErrorKind::not_found) {
    return std::move(config).error();
  }
  trust.root_version = client.trusted().root().version;
  trust.root_expires = client.trusted().root().expires;
  trust.fresh_until = client.trusted().first_expiry();
  return trust;
}

Result<InstanceTrust> update(const std::string& url, const fs::path& folder,
                             ByteView root, TufRepository& repository,
                             Timestamp now) {
  TRY_ASSIGN(TufClient client, TufClient::open(folder, root));
  TRY(client.refresh(&repository, now));
  return read_trust(url, client);
}

// Without it the next one who looks fetches again, and that is all.
void note_refresh(const std::string& url) {
  const Result<fs::path> stamp = refresh_stamp(url);
  if (stamp.ok()) static_cast<void>(write_file_atomic(*stamp, {}));
}

}  // namespace

Result<std::string> instance_url(std::string_view text) {
  TRY_ASSIGN(http::Url url, http::Url::parse(text));
  if (!url.query.empty())
    return fail(ErrorKind::invalid_input, "an instance's URL has no query");
  while (url.path.ends_with('/')) url.path.pop_back();
  return url.text();
}

Result<std::optional<InstanceTrust>> stored_instance(std::string_view text,
                                                     Timestamp now) {
  TRY_ASSIGN(const std::string url, instance_url(text));
  const Result<fs::path> found = folder_of(url);
  const fs::path folder = found.ok() ? *found : fs::path();
  std::error_code error;
  // Without a home nothing was stored.
  if (!found.ok() || !fs::exists(folder / "targets.json", error)) {
    if (url == kPublicInstance) return std::optional<InstanceTrust>();
    return unknown(url);
  }
  TRY_ASSIGN(const Bytes root, first_root(url, folder));
  const auto load = [&]() -> Result<InstanceTrust> {
    TRY_ASSIGN(TufClient client, TufClient::open(folder, root));
    TRY(client.load_stored(now));
    return read_trust(url, client);
  };
  TRY_ASSIGN(InstanceTrust trust, load().context(folder.string()));
  return std::optional(std::move(trust));
}

Result<Bytes> stored_trusted_root(std::string_view text) {
  TRY_ASSIGN(const std::string url,
             instance_url(text.empty() ? kPublicInstance : text));
  TRY_ASSIGN(const fs::path folder, folder_of(url));
  return read_file(folder / "targets" / kTrustedRoot, limits::kTrustedRoot);
}

Result<fs::path> refresh_stamp(const std::string& url) {
  TRY_ASSIGN(const fs::path folder, folder_of(url));
  std::error_code error;
  if (!fs::exists(folder / "targets.json", error)) return unknown(url);
  return fs::path(folder.string() + ".refreshed");
}

Result<InstanceTrust> update_instance(std::string_view text,
                                      TufRepository& repository,
                                      Timestamp now) {
  TRY_ASSIGN(const std::string url, instance_url(text));
  TRY_ASSIGN(const fs::path folder, folder_of(url));
  TRY_ASSIGN(const Bytes root, first_root(url, folder));
  TRY_ASSIGN(InstanceTrust trust, update(url, folder, root, repository, now));
  note_refresh(url);
  return trust;
}

Result<InstanceTrust> add_instance(std::string_view text, ByteView root,
                                   TufRepository& repository, Timestamp now) {
  TRY_ASSIGN(const std::string url, instance_url(text));
  TRY_ASSIGN(const fs::path folder, folder_of(url));
  std::error_code error;
  fs::create_directories(folder.parent_path(), error);
  if (error)
    return fail(ErrorKind::io, "cannot make ", folder.parent_path().string(),
                ": ", error.message());
  TRY_ASSIGN(const TemporaryDirectory beside,
             TemporaryDirectory::create(
                 (folder.parent_path() / "new-XXXXXX").string()));
  const fs::path fresh = beside.path() / "instance";
  TRY_ASSIGN(InstanceTrust trust, update(url, fresh, root, repository, now));
  fs::remove_all(folder, error);
  if (!error) fs::rename(fresh, folder, error);
  if (error)
    return fail(ErrorKind::io, "cannot replace ", folder.string(), ": ",
                error.message());
  note_refresh(url);
  return trust;
}

}  // namespace sigstore
