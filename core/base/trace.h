// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace sigstore {

// One decision of a check: which rule, from where, on what, with what result.
struct TraceStep {
  std::string rule;     // "the signature fits the payload"
  std::string source;   // "DSSE v1.0.2, protocol"
  std::string input;    // what was looked at, where the rule does not say
  std::string outcome;  // for a refusal, the error; else empty
  bool passed = true;
};

// The numbered decisions of a check, in order. The caller owns it and may
// throw it away: checks record the same steps either way, and a refusal is
// the last step.
class Trace {
 public:
  // Records the outcome of a step and hands it on.
  template <class T>
  Result<T> step(std::string rule, std::string source, std::string input,
                 Result<T> result) {
    steps_.push_back({std::move(rule), std::move(source), std::move(input),
                      result.ok() ? std::string() : result.error().message,
                      result.ok()});
    return result;
  }
  template <class T>
  Result<T> step(std::string rule, std::string source, Result<T> result) {
    return step(std::move(rule), std::move(source), std::string(),
                std::move(result));
  }
  // A step that was taken elsewhere.
  void add(TraceStep step) { steps_.push_back(std::move(step)); }
  const std::vector<TraceStep>& steps() const { return steps_; }

 private:
  std::vector<TraceStep> steps_;
};

}  // namespace sigstore
