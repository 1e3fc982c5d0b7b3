// SPDX-License-Identifier: Apache-2.0
#include "core/app/explain.h"

#include <cstdio>
#include <string>

#include "core/app/terminal.h"

namespace sigstore {

void print_trace(const Trace& trace) {
  std::size_t number = 0;
  for (const TraceStep& step : trace.steps()) {
    char head[16];
    std::snprintf(head, sizeof head, "%3zu. %s  ", ++number,
                  step.passed ? "ok" : "NO");
    print_line(head + one_line(step.rule));
    if (!step.input.empty()) print_line("         " + one_line(step.input));
    print_line("         by: " + one_line(step.source));
    if (!step.passed) print_line("         why: " + one_line(step.outcome));
  }
}

Json trace_json(const Trace& trace) {
  Json steps = Json::array();
  for (const TraceStep& step : trace.steps())
    steps.push_back({{"step", steps.size() + 1},
                     {"rule", step.rule},
                     {"source", step.source},
                     {"input", step.input},
                     {"passed", step.passed},
                     {"outcome", step.outcome}});
  return steps;
}

}  // namespace sigstore
