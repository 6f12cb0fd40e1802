import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { actionProblems } from "./action-problems.js";
import { filterProblems } from "./filter-problems.js";
import type { LifecycleRule } from "./lifecycle-rule.js";
import { noncurrentTransitionProblems, transitionProblems } from "./transition-problems.js";

/** What S3 would refuse of one rule, each naming the rule. */
export function ruleProblems(rule: LifecycleRule, storage: ObjectStorageProvider): string[] {
  const { id } = rule;
  const problems = [
    ...(id.length < 1 || id.length > 255 ? [`an id has 1 to 255 characters, and this one ${id.length}`] : []),
    ...filterProblems(rule),
    ...actionProblems(rule),
    ...transitionProblems(rule, storage),
    ...noncurrentTransitionProblems(rule, storage),
  ];
  return problems.map((problem) => `lifecycle rule "${id}": ${problem}`);
}
