// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "hub-client/attachment_check.h"
#include "hub-client/commands.h"

namespace sigstore::hub {
namespace {

struct Options {
  HubFlags hub;
  SignerOptions signers;
};

using Row = std::array<std::string, 6>;

// What nobody has verified stands in brackets.
Row row_of(const JudgedAttachment& item) {
  Row row = {item.attachment.name(),
             "no bundle",
             "-",
             "-",
             "-",
             std::string(state_text(item.state))};
  if (item.claims) row[1] = describe_kind(*item.claims);
  if (!item.covers.empty()) row[4] = item.covers;
  if (!item.reason.empty()) row[5] += ": " + item.reason;
  const bool verified = item.state == JudgedAttachment::State::verified;
  if (verified) row[2] = item.signer;
  if (verified && item.time) row[3] = item.time->to_rfc3339();
  if (!verified && item.claims) {
    row[2] = concat("[", item.claims->signer, "]");
    if (item.claims->time)
      row[3] = concat("[", item.claims->time->to_rfc3339(), "]");
  }
  for (std::string& cell : row) cell = one_line(cell);
  return row;
}

void print_table(const CheckedAttachments& checked) {
  std::vector<Row> rows = {
      {"PATH", "KIND", "SIGNER", "TIME", "COVERS", "VERDICT"}};
  for (const JudgedAttachment& item : checked.items)
    rows.push_back(row_of(item));
  std::array<std::size_t, 6> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size())
        line += std::string(widths[i] - row[i].size() + 2, ' ');
    }
    print_line(line);
  }
}

void print(const CheckedAttachments& checked, const Options& options,
           const Terminal& terminal) {
  if (options.hub.json) return print_line(dump_json(to_json(checked)));
  const std::string name =
      concat(checked.repo.path(), "@", checked.commit.id.to_short());
  if (checked.items.empty())
    return terminal.say(name + " has no signatures and no attestations");
  if (options.hub.quiet) {
    for (const JudgedAttachment& item : checked.items)
      print_line(one_line(item.attachment.name()));
    return;
  }
  print_table(checked);
  if (!checked.is_judged)
    terminal.warn(
        "signer not judged: name one (--key, --identity with --issuer, "
        "--certificate-chain, git sigstore trust add)");
}

class ListSignaturesCommand final : public Verb {
 public:
  explicit ListSignaturesCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "list-signatures",
            "Show who signed and attested what of a repository")) {
    add_hub_flags(command(), options_.hub);
    add_signer_options(command(), options_.signers);
  }

  ExitCode run() override {
    Terminal terminal("hf-sigstore");
    if (options_.hub.quiet) terminal.set_quiet();
    const Result<CheckedAttachments> checked =
        check_attachments(options_.hub, options_.signers, terminal);
    if (!checked.ok())
      return report(terminal, checked.error(), options_.hub.json);
    print(*checked, options_, terminal);
    return checked->exit();
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_list_signatures_command(CommandLine app) {
  return std::make_unique<ListSignaturesCommand>(app);
}

}  // namespace sigstore::hub
