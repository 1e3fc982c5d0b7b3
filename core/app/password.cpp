// SPDX-License-Identifier: Apache-2.0
#include "core/app/password.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base/file.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

Result<Password> from_file(const std::string& path) {
  TRY_ASSIGN(const Bytes bytes, read_file(path, limits::kPassword));
  std::string_view line = as_text(bytes);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return Password(std::string(line));
}

// No echo, no line editing and no signals for as long as it lives: an
// interrupt must not leave the terminal without echo.
class QuietTerminal {
 public:
  explicit QuietTerminal(int fd) : fd_(fd) {
    if (tcgetattr(fd_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    changed_ = tcsetattr(fd_, TCSANOW, &quiet) == 0;
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;
  ~QuietTerminal() {
    if (changed_) tcsetattr(fd_, TCSANOW, &before_);
  }

 private:
  int fd_;
  termios before_{};
  bool changed_ = false;
};

// One line, with the usual keys.
Result<std::string> read_secret_line(int fd) {
  constexpr char kInterrupt = 3;
  constexpr char kEndOfInput = 4;
  constexpr char kKillLine = 21;
  constexpr char kBackspace = 8;
  constexpr char kDelete = 127;
  std::string text;
  char c = 0;
  while (read(fd, &c, 1) == 1 && c != '\n' && c != '\r') {
    if (c == kInterrupt || (c == kEndOfInput && text.empty()))
      return fail(ErrorKind::unauthorized, "interrupted");
    if (c == kKillLine) text.clear();
    if ((c == kBackspace || c == kDelete) && !text.empty()) text.pop_back();
    const bool control = static_cast<unsigned char>(c) < 32 || c == kDelete;
    if (!control && text.size() < limits::kPassword) text += c;
  }
  return text;
}

// stdin and stdout may belong to a protocol: the terminal itself is asked.
Result<Password> from_terminal(std::string_view question,
                               std::string_view what = "key has a password") {
  const char* allowed = std::getenv("GIT_TERMINAL_PROMPT");
  const bool forbidden = allowed != nullptr && std::string_view(allowed) == "0";
  const FileDescriptor tty(
      forbidden ? -1 : open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!tty.valid())
    return fail(ErrorKind::unauthorized, "the ", what,
                " and there is no terminal to ask; set a password file "
                "(sigstore.passwordFile, --password-file) or "
                "HF_SIGSTORE_PASSWORD");
  const QuietTerminal quiet(tty.get());
  TRY(write_all(tty.get(), as_bytes(question)));
  Result<std::string> text = read_secret_line(tty.get());
  static_cast<void>(write_all(tty.get(), as_bytes("\n")));
  if (!text.ok()) return std::move(text).error();
  return Password(std::move(*text));
}

// A source that needs no terminal, if one is set.
Result<std::optional<Password>> from_options(const PasswordOptions& options) {
  if (!options.file.empty()) {
    TRY_ASSIGN(Password password, from_file(options.file));
    return std::optional<Password>(std::move(password));
  }
  const bool named = !options.environment.empty();
  const char* name =
      named ? options.environment.c_str() : "HF_SIGSTORE_PASSWORD";
  if (const char* value = std::getenv(name))
    return std::optional<Password>(Password(value));
  if (named) return fail(ErrorKind::not_found, "the environment has no ", name);
  return std::optional<Password>();
}

}  // namespace

PasswordSource password_source(PasswordOptions options, PasswordOf whose) {
  return [options = std::move(options), whose]() -> Result<Password> {
    TRY_ASSIGN(std::optional<Password> password, from_options(options));
    if (password) return std::move(*password);
    if (whose == PasswordOf::token)
      return from_terminal("PIN of the token: ", "token wants a PIN");
    return from_terminal("Password of the signing key: ");
  };
}

Result<Password> new_password(const PasswordOptions& options) {
  TRY_ASSIGN(std::optional<Password> given, from_options(options));
  if (given) return std::move(*given);
  TRY_ASSIGN(Password first,
             from_terminal("Password for the new key (empty for none): "));
  TRY_ASSIGN(const Password second, from_terminal("The same again: "));
  if (first.reveal_secret() != second.reveal_secret())
    return fail(ErrorKind::invalid_input, "the two passwords differ");
  return first;
}

}  // namespace sigstore
