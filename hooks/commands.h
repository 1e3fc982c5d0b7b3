// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/app/command_line.h"

namespace sigstore {

std::unique_ptr<Verb> make_install_command(CommandLine app);
std::unique_ptr<Verb> make_uninstall_command(CommandLine app);
std::unique_ptr<Verb> make_sign_command(CommandLine app);
std::unique_ptr<Verb> make_verify_command(CommandLine app);
std::unique_ptr<Verb> make_status_command(CommandLine app);
std::unique_ptr<Verb> make_trust_command(CommandLine app);
std::unique_ptr<Verb> make_tag_command(CommandLine app);
std::unique_ptr<Verb> make_doctor_command(CommandLine app);
std::unique_ptr<Verb> make_pull_command(CommandLine app);
std::unique_ptr<Verb> make_filter_process_command(CommandLine app);
std::unique_ptr<Verb> make_release_command(CommandLine app);
std::unique_ptr<Verb> make_hook_command(CommandLine app);

}  // namespace sigstore
