// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/status_page.h"

#include <utility>

#include "core/app/terminal.h"
#include "core/base/encoding.h"
#include "core/base/json.h"

namespace sigstore::hub {
namespace {

using Standing = StateRecord::Standing;

constexpr std::string_view kHead =
    R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width">
<title>hf-sigstore proxy</title>
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto;
  max-width: 62rem; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top;
  border-bottom: 1px solid #8884; overflow-wrap: break-word; }
th { font-weight: 600; white-space: nowrap; } td.n { text-align: right; white-space: nowrap; }
code { font-size: .9em; } .m { opacity: .7; }
.verified { color: #1a7f37; } .refused { color: #cf222e; }
.unsigned, .unchecked { color: #9a6700; }
</style></head><body>
)";

std::string_view standing_name(Standing standing) {
  switch (standing) {
    case Standing::verified:
      return "verified";
    case Standing::not_signed:
      return "unsigned";
    case Standing::unchecked:
      return "unchecked";
    case Standing::refused:
      return "refused";
  }
  return "";
}

std::string cell(std::string_view text) {
  return concat("<td>", escape_html(text), "</td>");
}
std::string number_cell(std::string_view text) {
  return concat("<td class=\"n\">", escape_html(text), "</td>");
}

std::string state_row(const StateRecord& state) {
  const std::string_view standing = standing_name(state.standing);
  return concat("<tr>", cell(state.repository), "<td>",
                escape_html(state.revision), " <code class=\"m\">",
                escape_html(std::string_view(state.commit).substr(0, 7)),
                "</code></td><td><b class=\"", standing, "\">", standing,
                "</b></td>", cell(state.words),
                number_cell(std::to_string(state.files)),
                number_cell(human_size(state.bytes)), "</tr>\n");
}

std::string states_table(const std::vector<StateRecord>& states) {
  if (states.empty())
    return "<p class=\"m\">Nobody asked for a model yet.</p>\n";
  std::string out =
      "<table><tr><th>repository</th><th>revision</th><th>verdict</th>"
      "<th>why</th><th>answers</th><th>sent</th></tr>\n";
  for (const StateRecord& state : states) out += state_row(state);
  return out + "</table>\n";
}

std::string fetching_table(const std::vector<FileRecord>& files) {
  std::string out = "<h2>On its way, held until it is whole</h2>\n<table>";
  for (const FileRecord& file : files)
    out += concat("<tr>", cell(file.name),
                  number_cell(concat(human_size(file.done), " of ",
                                     human_size(file.total))),
                  "</tr>\n");
  return out + "</table>\n";
}

std::string failures_table(const std::vector<FileRecord>& files) {
  std::string out = "<h2>Files that were not released</h2>\n<table>";
  for (const FileRecord& file : files)
    out += concat("<tr>", cell(file.name), cell(file.failure), "</tr>\n");
  return out + "</table>\n";
}

Json to_json(const FileRecord& file) {
  Json value = {{"name", file.name}};
  if (!file.failure.empty())
    value["failure"] = file.failure;
  else
    value.update({{"done", file.done}, {"total", file.total}});
  return value;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  return out;
}

std::string status_page(const ProxyStatus& status) {
  std::string out(kHead);
  out += concat("<h1>hf-sigstore proxy</h1>\n<p>For ",
                escape_html(status.endpoint), ", since ",
                status.since.to_rfc3339(), ". ", status.requests, " requests, ",
                status.refused, " refused; ", human_size(status.sent),
                " sent, ", human_size(status.fetched), " fetched.</p>\n");
  out += states_table(status.states);
  if (!status.fetching.empty()) out += fetching_table(status.fetching);
  if (!status.failures.empty()) out += failures_table(status.failures);
  out += concat("<p class=\"m\">", status.now.to_rfc3339(),
                "; also as <a href=\"/status.json\">JSON</a>.</p>\n"
                "</body></html>\n");
  return out;
}

std::string status_json(const ProxyStatus& status) {
  Json states = Json::array();
  for (const StateRecord& state : status.states)
    states.push_back({{"repository", state.repository},
                      {"revision", state.revision},
                      {"commit", state.commit},
                      {"verdict", standing_name(state.standing)},
                      {"why", state.words},
                      {"answers", state.files},
                      {"bytes", state.bytes},
                      {"seen", state.seen.to_rfc3339()}});
  Json fetching = Json::array();
  for (const FileRecord& file : status.fetching)
    fetching.push_back(to_json(file));
  Json failures = Json::array();
  for (const FileRecord& file : status.failures)
    failures.push_back(to_json(file));
  return dump_json({{"endpoint", status.endpoint},
                    {"since", status.since.to_rfc3339()},
                    {"now", status.now.to_rfc3339()},
                    {"requests", status.requests},
                    {"refused", status.refused},
                    {"bytesSent", status.sent},
                    {"bytesFetched", status.fetched},
                    {"states", states},
                    {"fetching", fetching},
                    {"failures", failures}});
}

}  // namespace sigstore::hub
