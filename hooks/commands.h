// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/app/command_line.h"

namespace sigstore {

std::unique_ptr<Verb> make_install_command(CLI::App& app);
std::unique_ptr<Verb> make_uninstall_command(CLI::App& app);
std::unique_ptr<Verb> make_sign_command(CLI::App& app);
std::unique_ptr<Verb> make_verify_command(CLI::App& app);
std::unique_ptr<Verb> make_status_command(CLI::App& app);
std::unique_ptr<Verb> make_trust_command(CLI::App& app);
std::unique_ptr<Verb> make_tag_command(CLI::App& app);
std::unique_ptr<Verb> make_doctor_command(CLI::App& app);
std::unique_ptr<Verb> make_pull_command(CLI::App& app);
std::unique_ptr<Verb> make_filter_process_command(CLI::App& app);
std::unique_ptr<Verb> make_release_command(CLI::App& app);
std::unique_ptr<Verb> make_hook_command(CLI::App& app);

}  // namespace sigstore
