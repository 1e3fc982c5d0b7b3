// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/json.h"
#include "hub-client/attachment_check.h"
#include "hub-client/commands.h"
#include "hub-client/store/root_folder.h"

namespace sigstore::hub {
namespace {

using State = JudgedAttachment::State;

struct Options {
  HubFlags hub;
  SignerOptions signers;
  std::string folder;
  bool all = false;
};

struct Fetched {
  CheckedAttachments checked;
  std::string folder;
  std::map<std::string, std::string> files;  // by path below the folder
  std::vector<const JudgedAttachment*> taken;
};

// Those of the side branch in a folder of their own.
std::string place_of(const Attachment& item) {
  return item.is_beside ? concat(kSideBranch, "/", item.path) : item.path;
}

// What is written: all that is verified, or all there is.
Result<void> choose(const Options& options, Fetched& fetched) {
  for (const JudgedAttachment& item : fetched.checked.items) {
    const Attachment& found = item.attachment;
    if (found.error || (!options.all && item.state != State::verified))
      continue;
    const std::string place = place_of(found);
    TRY(check_path(place));
    std::string& text = fetched.files[place];
    // Two places that are one here: neither is lost without a word.
    if (!text.empty() && found.line == 0)
      return fail(ErrorKind::unsafe_tree, "two files are named ", place);
    text += found.text;
    if (found.line > 0) text += '\n';
    fetched.taken.push_back(&item);
  }
  return {};
}

Result<void> write_files(Fetched& fetched) {
  TRY_ASSIGN(const RootFolder folder, RootFolder::make(fetched.folder));
  for (const auto& [place, text] : fetched.files) {
    TRY_ASSIGN(const FoundEntry entry, folder.look(place));
    if (entry.type == FoundEntry::Type::none) {
      TRY(folder.write(place, as_bytes(text)));
      continue;
    }
    const Result<Bytes> old = folder.read(place, text.size());
    if (!old.ok() || as_text(*old) != text)
      return fail(ErrorKind::invalid_input, folder.at(place).string(),
                  " is there already, with other bytes");
  }
  return {};
}

Result<void> fetch(const Options& options, const Terminal& terminal,
                   Fetched& fetched) {
  TRY_ASSIGN(fetched.checked,
             check_attachments(options.hub, options.signers, terminal));
  if (fetched.checked.items.empty()) return {};
  if (!options.all && !fetched.checked.is_judged)
    return fail(ErrorKind::unknown_signer,
                "nobody is named whose signatures count: name one (--key, "
                "--identity with --issuer, --certificate-chain, git sigstore "
                "trust add), or take what nobody verified with --all");
  TRY(choose(options, fetched));
  fetched.folder = options.folder;
  if (fetched.folder.empty()) {
    const std::string& id = fetched.checked.repo.id;
    fetched.folder = id.substr(id.find('/') + 1) + ".sigstore";
  }
  if (fetched.files.empty()) return {};
  return write_files(fetched);
}

// With --all, "not checked because you said so" is what it is for.
ExitCode exit_of(const Fetched& fetched, const Options& options) {
  const ExitCode exit = fetched.checked.exit();
  return options.all && exit != ExitCode::yes ? ExitCode::unsigned_passed
                                              : exit;
}

void print_json(const Fetched& fetched, ExitCode exit) {
  Json value = to_json(fetched.checked);
  value["ok"] = exit == ExitCode::yes;
  value["folder"] = fetched.folder;
  value["files"] = Json::array();
  for (const auto& item : fetched.files) value["files"].push_back(item.first);
  print_line(dump_json(value));
}

void print(const Fetched& fetched, const Terminal& terminal) {
  const CheckedAttachments& checked = fetched.checked;
  if (checked.items.empty())
    return terminal.say(concat(checked.repo.path(), "@",
                               checked.commit.id.to_short(),
                               " has no signatures and no attestations"));
  for (const JudgedAttachment& item : checked.items) {
    const std::string what =
        item.claims ? describe_kind(*item.claims) : "no bundle";
    std::string line = concat(item.attachment.name(), ": ", what, ", ",
                              state_text(item.state));
    if (item.state == State::verified)
      line += concat(": signed by ", item.signer, ", covers ", item.covers);
    else if (!item.reason.empty())
      line += ": " + item.reason;
    terminal.say(line);
  }
  terminal.say(concat("fetched: ", fetched.taken.size(), " of ",
                      checked.items.size(), " bundles"));
  if (!fetched.files.empty()) print_line(one_line(fetched.folder));
}

class FetchCommand final : public Verb {
 public:
  explicit FetchCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "fetch", "Download signatures and attestations, verified")) {
    add_hub_flags(command(), options_.hub);
    command().add_option("--local-dir", options_.folder,
                         "Folder for them (default: NAME.sigstore)");
    command().add_flag("--all", options_.all,
                       "Take what is not verified as well");
    add_signer_options(command(), options_.signers);
  }

  ExitCode run() override {
    Terminal terminal("hf-sigstore");
    if (options_.hub.quiet) terminal.set_quiet();
    Fetched fetched;
    const Result<void> done = fetch(options_, terminal, fetched);
    if (!done.ok()) return report(terminal, done.error(), options_.hub.json);
    const ExitCode exit = exit_of(fetched, options_);
    if (options_.hub.json)
      print_json(fetched, exit);
    else
      print(fetched, terminal);
    return exit;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_fetch_command(CommandLine app) {
  return std::make_unique<FetchCommand>(app);
}

}  // namespace sigstore::hub
