import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { supportProblems } from "../support-problems.js";
import type { VersioningProps } from "../versioning.js";
import { abortsEverywhere, effectiveRules } from "./effective-rules.js";
import { featureProblems } from "./feature-problems.js";
import type { LifecycleProps } from "./lifecycle-props.js";
import type { LifecycleRule } from "./lifecycle-rule.js";
import { ruleProblems } from "./rule-problems.js";
import { suspendedProblems } from "./suspended-problems.js";
import { isWhole } from "./whole-number.js";

const MAX_RULES = 1000;

export function lifecycleProblems(props: LifecycleProps & VersioningProps, storage: ObjectStorageProvider): string[] {
  const { lifecycleRules = [], abortIncompleteMultipartUploadDays: days } = props;
  const asked = lifecycleRules.length > 0 ? "lifecycleRules" : "abortIncompleteMultipartUploadDays";
  const anything = lifecycleRules.length > 0 || (days !== undefined && days !== false);
  const lacking = anything ? supportProblems(asked, "lifecycle", storage) : [];
  if (lacking.length > 0) return lacking;
  const rules = effectiveRules(props, storage.store) ?? [];
  return [
    ...abortProblems(props),
    ...suspendedProblems(props, asked, storage),
    ...countProblems(rules),
    ...lifecycleRules.flatMap((rule) => ruleProblems(rule, storage)),
    ...rules.flatMap((rule) => featureProblems(rule, storage)),
  ];
}

function abortProblems({ lifecycleRules = [], abortIncompleteMultipartUploadDays: days }: LifecycleProps): string[] {
  if (days === undefined || days === false) return [];
  return [
    ...(isWhole(days, 1)
      ? []
      : [
          `abortIncompleteMultipartUploadDays ${days} cannot be used; give a whole number from 1, or false for no such rule`,
        ]),
    ...(abortsEverywhere(lifecycleRules)
      ? [
          "abortIncompleteMultipartUploadDays says what one of lifecycleRules says for the whole bucket already; leave one of the two out",
        ]
      : []),
  ];
}

function countProblems(rules: readonly LifecycleRule[]): string[] {
  const ids = rules.map(({ id }) => id);
  const twice = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
  return [
    ...(rules.length > MAX_RULES ? [`the bucket has ${rules.length} lifecycle rules; ${MAX_RULES} are allowed`] : []),
    ...twice.map((id) => `lifecycle rule "${id}" is there twice; give each rule an id of its own`),
  ];
}
