// SPDX-License-Identifier: Apache-2.0
#include "core/app/token_key.h"

#include <string_view>
#include <utility>

namespace sigstore {

Result<Pkcs11Key> open_token_key(const std::string& uri,
                                 const PasswordOptions& options,
                                 const Terminal& terminal) {
  TRY_ASSIGN(const Pkcs11Uri name, Pkcs11Uri::parse(uri));
  const bool has_option = !options.file.empty() || !options.environment.empty();
  if (has_option && (name.pin_value || !name.pin_source.empty()))
    return fail(ErrorKind::invalid_input,
                "the PIN is in the PKCS#11 URI and in an option, name it once");
  if (!name.pin_source.empty())
    return Pkcs11Key::open(
        name, password_source({name.pin_source, {}}, PasswordOf::token));
  if (!name.pin_value)
    return Pkcs11Key::open(name, password_source(options, PasswordOf::token));
  terminal.warn(
      "a PIN on a command line is there for every user of this machine to "
      "read");
  return Pkcs11Key::open(name,
                         [text = std::string(name.pin_value->reveal_secret())]()
                             -> Result<Password> { return Password(text); });
}

}  // namespace sigstore
