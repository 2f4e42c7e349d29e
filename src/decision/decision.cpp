#include "rolecall/decision/decision.hpp"

#include "judge.hpp"

namespace rolecall::decision {

Result<Decision> evaluate(const Environment& environment, const WorkspaceId& home, const Question& question) {
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<Decision> {
    return decide(environment, unit, home, question);
  });
}

Result<std::vector<Decision>> evaluate_all(const Environment& environment, const WorkspaceId& home,
                                           const std::vector<Result<Question>>& questions, Semantic semantic) {
  return store::read(environment.store, [&](store::UnitOfWork& unit) -> Result<std::vector<Decision>> {
    std::vector<Decision> decisions;
    for (const auto& question : questions) {
      Decision decision;
      if (question) {
        ROLECALL_TRY_ASSIGN(decision, decide(environment, unit, home, *question));
      } else {
        decision.error = question.error();
      }
      decisions.push_back(std::move(decision));
      const bool is_allowed = decisions.back().is_allowed;
      if (semantic == Semantic::deny_on_first_deny && !is_allowed) break;
      if (semantic == Semantic::permit_on_first_permit && is_allowed) break;
    }
    return decisions;
  });
}

}  // namespace rolecall::decision
