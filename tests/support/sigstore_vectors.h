// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/time.h"
#include "core/bundle/bundle.h"
#include "core/crypto/certificate.h"
#include "core/crypto/verification_key.h"

// A case of sigstore-conformance, by its line in sigstore/cases.json.
struct CaseFiles {
  std::string name;
  bool passes = false;
  std::filesystem::path bundle;
  std::filesystem::path artifact;
  std::filesystem::path trusted_root;
  std::optional<std::filesystem::path> key;
  std::string identity;  // empty: by a key
  std::string issuer;
};

// All of them; fails the test when there are fewer than there were.
std::vector<CaseFiles> list_cases(const std::filesystem::path& vectors);

// The same, read without the product's reader of trusted roots.
struct VectorAuthority {
  std::vector<sigstore::Certificate> chain;
  sigstore::ValidityPeriod valid;
};

struct VectorLog {
  sigstore::Bytes log_id;
  sigstore::VerificationKey key;
  sigstore::ValidityPeriod valid;
};

struct VectorRoot {
  std::vector<VectorAuthority> certificate_authorities;
  std::vector<VectorAuthority> timestamp_authorities;
  std::vector<VectorLog> ctlogs;
};

struct VectorCase {
  std::string name;
  std::string identity;  // empty: by a key
  std::string issuer;
  sigstore::Bundle bundle;
  VectorRoot root;

  bool has_certificate() const;
  sigstore::Certificate leaf() const;  // needs has_certificate()
  // What a timestamp is over.
  sigstore::Bytes signature() const;
};

// The case of this name; fails the test when there is none.
VectorCase read_case(const std::filesystem::path& vectors,
                     std::string_view name);

// All cases that must pass.
std::vector<VectorCase> passing_cases(const std::filesystem::path& vectors);

VectorRoot read_vector_root(const std::filesystem::path& path);
