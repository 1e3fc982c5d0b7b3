// SPDX-License-Identifier: Apache-2.0
#include "hooks/doctor.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "core/app/key_file.h"
#include "core/app/trust_file.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/process.h"
#include "hooks/activation.h"
#include "hooks/known_problems.h"
#include "hooks/local_repository.h"

namespace sigstore {
namespace {

constexpr std::int64_t kClockSlack = 300;  // seconds

std::string config(const git::Git& git, const std::string& key) {
  const Result<std::string> value = git.read({"config", "--get", key});
  return value.ok() ? *value : std::string();
}

// Collects what it finds; nothing in here fails.
class Examination {
 public:
  explicit Examination(std::string remote) : remote_(std::move(remote)) {}

  std::vector<Finding> run() {
    examine_programs();
    for (const KnownProblem& problem : known_problems())
      examine_version(problem);
    Result<LocalRepository> local = open_local_repository(remote_);
    if (!local.ok()) {
      add(Health::cannot_tell, "route", local.error().message);
    } else {
      examine_route(*local);
      examine_settings(*local);
      examine_hooks(*local);
      examine_checkout(*local);
    }
    examine_trust(local.ok() ? &*local : nullptr);
    return std::move(findings_);
  }

 private:
  void add(Health health, std::string subject, std::string text) {
    findings_.push_back({health, std::move(subject), std::move(text)});
  }

  // What a program says of itself; "" when it cannot be run.
  static std::string version_of(const std::vector<std::string>& command) {
    const Result<CommandOutput> output = run_command({command});
    if (!output.ok() || output->status != 0) return {};
    std::string text = output->out;
    text.erase(std::min(text.find('\n'), text.size()));
    return text;
  }

  void examine_programs() {
    const std::string helper = version_of({"git-remote-sigstore", "--version"});
    if (helper.empty())
      add(Health::not_effective, "programs",
          "git-remote-sigstore is not on PATH: git refuses protected remotes");
    else if (helper != "git-remote-sigstore " SIGSTORE_VERSION)
      add(Health::warning, "programs",
          helper + " is on PATH, this is " SIGSTORE_VERSION);
    else
      add(Health::ok, "programs", helper);
    const std::string lfs = version_of({"git-lfs", "version"});
    if (lfs.empty())
      add(Health::warning, "programs",
          "git-lfs is not on PATH: weights stay pointers");
    else
      add(Health::ok, "programs", lfs);
  }

  void examine_version(const KnownProblem& problem) {
    const std::string text = version_of({problem.program, "version"});
    if (text.empty()) return;  // said above
    const std::optional<ProgramVersion> version = parse_version(text);
    const std::string subject = problem.program;
    if (!version) {
      add(Health::cannot_tell, subject, "cannot read its version: " + text);
    } else if (is_fixed(problem, *version)) {
      add(Health::ok, subject,
          version->to_string() + " has the fix of " + problem.names);
    } else {
      examine_package(problem, *version);
    }
  }

  // Distributions mend older versions; Debian 12's are known.
  void examine_package(const KnownProblem& problem,
                       const ProgramVersion& version) {
    const std::string package =
        version_of({"dpkg-query", "-W", "-f=${Version}\n", problem.program});
    const std::string folder = version_of({"git", "--exec-path"});
    // Another git than the package's may stand first on PATH.
    const bool packaged =
        package.find(version.to_string()) != std::string::npos &&
        folder == "/usr/lib/git-core";
    if (!packaged || package.find("+deb12u") == std::string::npos) {
      add(Health::cannot_tell, problem.program,
          concat(version.to_string(), " is older than the fix of ",
                 problem.names, ", unless your distribution has mended it"));
      return;
    }
    const Result<CommandOutput> newer = run_command(
        {{"dpkg", "--compare-versions", package, "ge", problem.debian12}});
    if (newer.ok() && newer->status == 0)
      add(Health::ok, problem.program,
          package + " has the fix of " + problem.names);
    else
      add(Health::warning, problem.program,
          concat(package, " has the problem ", problem.names,
                 "; Debian mended it in ", problem.debian12));
  }

  void examine_route(const LocalRepository& local) {
    const std::string name = local.remote;
    const std::string url = config(local.git, "remote." + name + ".url");
    if (url.starts_with("sigstore::")) {
      add(Health::warning, "route",
          "the helper, by the URL of " + name +
              "; git-lfs does not understand it, the next fetch mends it");
      return;
    }
    const Result<std::string> vcs = local.git.read(
        {"config", "--show-origin", "--get", "remote." + name + ".vcs"});
    if (!vcs.ok() || !vcs->ends_with("\tsigstore")) {
      add(Health::not_effective, "route",
          concat("none: nothing of remote ", name,
                 " is verified (git config remote.", name, ".vcs sigstore)"));
      return;
    }
    const std::string origin = vcs->substr(0, vcs->find('\t'));
    const bool included = origin.ends_with("/hf-sigstore/gitconfig");
    add(Health::ok, "route",
        concat("the helper, by ",
               included ? "git sigstore install" : "remote." + name + ".vcs",
               " (", origin, ")"));
    examine_other_remotes(local);
  }

  // Only `origin` is protected by itself.
  void examine_other_remotes(const LocalRepository& local) {
    const Result<Activation> activation = Activation::locate();
    if (!activation.ok()) return;
    const Result<std::vector<std::string>> hosts = activation->hosts();
    const Result<std::string> remotes = local.git.read({"remote"});
    if (!hosts.ok() || !remotes.ok()) return;
    std::string_view names = *remotes;
    while (!names.empty()) {
      const std::size_t end = std::min(names.find('\n'), names.size());
      const std::string name(names.substr(0, end));
      names.remove_prefix(std::min(end + 1, names.size()));
      const std::string url = config(local.git, "remote." + name + ".url");
      const bool ours = std::any_of(
          hosts->begin(), hosts->end(),
          [&](const std::string& host) { return url.starts_with(host + "/"); });
      if (ours && config(local.git, "remote." + name + ".vcs").empty())
        add(Health::not_effective, "route",
            concat("none for remote ", name, " (git config remote.", name,
                   ".vcs sigstore)"));
    }
  }

  void examine_settings(const LocalRepository& local) {
    const Settings& settings = local.settings;
    if (settings.skip)
      add(Health::not_effective, "settings", "GIT_SIGSTORE_SKIP is set");
    else if (settings.mode == Mode::off)
      add(Health::not_effective, "settings", "sigstore.mode is off");
    else if (settings.mode == Mode::warn)
      add(Health::warning, "settings",
          "sigstore.mode is warn: everything passes");
    else
      add(Health::ok, "settings",
          settings.mode == Mode::require
              ? "sigstore.mode is require"
              : "sigstore.mode is tofu: unsigned passes until seen signed");
    for (const std::string& path : settings.public_keys) {
      const Result<PublicKey> key = read_public_key(path);
      if (!key.ok())
        add(Health::warning, "settings",
            "sigstore.publicKey: " + key.error().message);
    }
  }

  // The second net below the helper.
  void examine_hooks(const LocalRepository& local) {
    const Result<std::string> configured = local.git.read(
        {"config", "--get-regexp", "^hook\\.sigstore-.*\\.command$"});
    const std::optional<ProgramVersion> git =
        parse_version(version_of({"git", "version"}));
    if (configured.ok() && git && *git >= ProgramVersion{2, 54, 0}) {
      add(Health::ok, "hooks", "by configuration (hook.sigstore-*)");
      return;
    }
    // Our own git children have core.hooksPath set.
    const Result<std::string> common = local.git.read(
        {"rev-parse", "--path-format=absolute", "--git-common-dir"});
    const Result<CommandOutput> path =
        run_command({{"git", "config", "--get", "core.hooksPath"}});
    if (!common.ok() || !path.ok()) {
      add(Health::cannot_tell, "hooks", "cannot find the hooks folder");
      return;
    }
    const std::filesystem::path file =
        std::filesystem::path(*common) / "hooks" / "reference-transaction";
    const bool written = is_ours(file);
    std::string shadow = path->out;
    if (shadow.ends_with('\n')) shadow.pop_back();
    const bool shadowed =
        path->status == 0 &&
        !is_ours(std::filesystem::path(shadow) / "reference-transaction");
    if (shadowed)
      add(Health::not_effective, "hooks",
          concat("core.hooksPath is ", shadow,
                 ": what does not come through the helper is not verified"));
    else if (written || path->status == 0)
      add(Health::ok, "hooks", "reference-transaction is ours");
    else
      add(Health::warning, "hooks",
          "no reference-transaction hook of ours yet; the next fetch through "
          "the helper writes it");
  }

  static bool is_ours(const std::filesystem::path& file) {
    const Result<Bytes> text = read_file(file, limits::kConfigFile);
    return text.ok() &&
           as_text(*text).find("hf-sigstore") != std::string_view::npos;
  }

  void examine_checkout(const LocalRepository& local) {
    const Result<std::string> required = local.git.read(
        {"config", "--type=bool", "--get", "filter.lfs.required"});
    if (required.ok() && *required == "true")
      add(Health::ok, "checkout", "filter.lfs.required is true");
    else
      add(Health::not_effective, "checkout",
          "filter.lfs.required is not true: a filter that fails leaves "
          "pointers (git lfs install)");
    const std::string filter = config(local.git, "filter.lfs.process");
    const bool hashed = filter.find("git-sigstore") != std::string::npos;
    if (hashed)
      add(Health::ok, "checkout", "what git-lfs checks out is hashed");
    else if (wants_filter(local))
      add(Health::not_effective, "checkout",
          "filter.lfs.process is '" + filter +
              "', not our filter (git sigstore install --strict)");
    else
      add(Health::ok, "checkout",
          "git-lfs's cache is believed by size (git sigstore install "
          "--strict hashes it)");
    const std::string crlf = config(local.git, "core.autocrlf");
    if (crlf == "true" || crlf == "input")
      add(Health::warning, "checkout",
          "core.autocrlf is " + crlf + ": files differ from what was signed");
  }

  static bool wants_filter(const LocalRepository& local) {
    if (local.settings.strict_filter) return true;
    const Result<std::filesystem::path> folder = config_folder();
    if (!folder.ok()) return false;
    const Result<Bytes> text =
        read_file(*folder / "gitconfig", limits::kConfigFile);
    return text.ok() && as_text(*text).find("git-sigstore filter-process") !=
                            std::string_view::npos;
  }

  void examine_trust(const LocalRepository* local) {
    const Result<TrustFile> file = TrustFile::locate();
    if (!file.ok()) {
      add(Health::cannot_tell, "trust", file.error().message);
      return;
    }
    const Result<TrustStore> store = file->load();
    if (!store.ok()) {
      add(Health::cannot_tell, "trust", store.error().message);
      return;
    }
    const Timestamp now = current_time();
    if (local == nullptr) {
      add(Health::ok, "trust", file->path().string() + " is readable");
      return;
    }
    const RepositoryTrust& trust = store->find(local->id);
    if (trust.signers.empty())
      add(local->settings.mode == Mode::require ? Health::warning : Health::ok,
          "trust", "nobody is pinned for " + local->id.to_string());
    for (const TrustedSigner& signer : trust.signers)
      add(Health::ok, "trust", "pinned: " + signer.describe());
    for (const auto& [ref, last] : trust.refs)
      examine_state(*local, ref, last, now);
  }

  void examine_state(const LocalRepository& local, const std::string& ref,
                     const LastVerified& last, const Timestamp& now) {
    const Timestamp latest =
        std::max(last.signed_at.value_or(now), last.verified_at);
    if (latest.seconds > now.seconds + kClockSlack)
      add(Health::warning, "clock",
          concat("it is ", now.to_rfc3339(), " here, but ", ref,
                 " was signed or verified at ", latest.to_rfc3339()));
    const auto& age = local.settings.max_age;
    if (age && last.signed_at &&
        now.seconds > last.signed_at->seconds + age->count())
      add(Health::warning, "expiry",
          concat(ref, " was signed at ", last.signed_at->to_rfc3339(),
                 ", longer ago than sigstore.maxAge"));
  }

  std::string remote_;
  std::vector<Finding> findings_;
};

}  // namespace

std::string_view health_name(Health health) {
  switch (health) {
    case Health::ok:
      return "ok";
    case Health::warning:
      return "warning";
    case Health::not_effective:
      return "not effective";
    case Health::cannot_tell:
      break;
  }
  return "cannot tell";
}

std::vector<Finding> examine(const std::string& remote) {
  return Examination(remote).run();
}

ExitCode exit_code(const std::vector<Finding>& findings) {
  const auto has = [&](Health health) {
    return std::any_of(
        findings.begin(), findings.end(),
        [&](const Finding& finding) { return finding.health == health; });
  };
  if (has(Health::not_effective)) return ExitCode::no;
  return has(Health::cannot_tell) ? ExitCode::could_not_tell : ExitCode::yes;
}

}  // namespace sigstore
