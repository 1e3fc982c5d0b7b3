// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/error.h"

namespace sigstore {

// A T, or an Error that says why there is none. A small subset of
// std::expected, which neither GCC 12 nor clang 14 offers in C++20 mode.
//
//   Result<Bytes> bytes = read_file(path, limit);
//   if (!bytes.ok()) return std::move(bytes).error();
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }

  // Need ok().
  const T& value() const& { return *checked(); }
  T& value() & { return *checked(); }
  T&& value() && { return std::move(*checked()); }
  const T& operator*() const& { return *checked(); }
  T& operator*() & { return *checked(); }
  const T* operator->() const { return checked(); }
  T* operator->() { return checked(); }

  // Need !ok().
  const Error& error() const& {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    assert(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

  // Adds context to the error, if there is one.
  Result context(std::string_view what) && {
    if (ok()) return std::move(*this);
    return std::move(*this).error().context(what);
  }

 private:
  const T* checked() const {
    assert(ok());
    return std::get_if<0>(&state_);
  }
  T* checked() {
    assert(ok());
    return std::get_if<0>(&state_);
  }

  std::variant<T, Error> state_;
};

// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

  Result context(std::string_view what) && {
    if (ok()) return {};
    return std::move(*this).error().context(what);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace sigstore

// Leaves the function with the error of `expression`, if it has one.
#define TRY(expression)                                     \
  do {                                                      \
    if (auto try_result_ = (expression); !try_result_.ok()) \
      return std::move(try_result_).error();                \
  } while (false)

#define SIGSTORE_JOIN_INNER(a, b) a##b
#define SIGSTORE_JOIN(a, b) SIGSTORE_JOIN_INNER(a, b)
#define SIGSTORE_TRY_ASSIGN(result, declaration, expression) \
  auto result = (expression);                                \
  if (!result.ok()) return std::move(result).error();        \
  declaration = std::move(result).value()

// TRY_ASSIGN(const Bytes bytes, read_file(path, limit)); one a line.
#define TRY_ASSIGN(declaration, expression)                              \
  SIGSTORE_TRY_ASSIGN(SIGSTORE_JOIN(try_assign_, __LINE__), declaration, \
                      expression)
