// SPDX-License-Identifier: Apache-2.0
#include "core/app/trust_refresh.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>

#include "core/app/hook_file.h"
#include "core/app/trust_instance.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/process.h"

namespace sigstore {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours kOften{24};
constexpr std::chrono::seconds kPatience{10};

bool is_younger_than_a_day(const fs::path& stamp) {
  std::error_code error;
  const auto written = fs::last_write_time(stamp, error);
  const auto age = fs::file_time_type::clock::now() - written;
  // One of the future says nothing.
  return !error && age >= age.zero() && age < kOften;
}

// What the child says in JSON, if it failed for another reason than that
// nothing could be fetched.
Result<void> read_failure(const CommandOutput& output) {
  TRY_ASSIGN(const Json json, parse_json(output.out));
  TRY_ASSIGN(const std::string_view kind, string_member(json, "kind"));
  TRY_ASSIGN(const std::string_view message, string_member(json, "message"));
  for (const ErrorKind passing :
       {ErrorKind::network, ErrorKind::not_found, ErrorKind::io})
    if (kind == kind_name(passing)) return {};
  return fail(ErrorKind::stale_trust,
              "the daily look for a newer trusted root: ", message);
}

}  // namespace

Result<void> refresh_daily(std::string_view instance) {
  TRY_ASSIGN(const std::string url,
             instance_url(instance.empty() ? kPublicInstance : instance));
  const Result<fs::path> stamp = refresh_stamp(url);
  if (!stamp.ok() || is_younger_than_a_day(*stamp)) return {};
  const Result<std::string> program = program_beside("hf-sigstore");
  // Before the try: without a network it costs time once a day, not each time.
  if (!program.ok() || !write_file_atomic(*stamp, {}).ok()) return {};
  RunOptions options;
  options.deadline = kPatience;
  const Result<CommandOutput> output = run_command(
      {{*program, "update-trust-root", "--instance", url, "--json"}}, options);
  if (!output.ok() || output->status == 0) return {};
  Result<void> failure = read_failure(*output);
  std::error_code ignored;
  if (!failure.ok()) fs::remove(*stamp, ignored);
  return failure;
}

}  // namespace sigstore
