import type { ProviderProfile } from "../../../providers/index.js";
import { hasOwnResource } from "./has-own-resource.js";
import type { LifecycleProps } from "./lifecycle-props.js";
import { isForAll, type LifecycleRule } from "./lifecycle-rule.js";

/** The id of the rule that `abortIncompleteMultipartUploadDays` adds. */
const ABORT_RULE = "abort-incomplete-multipart-uploads";

const DEFAULT_DAYS = 7;

/** The rules of the bucket: those given, and the one that clears away unfinished uploads. Undefined leaves whatever the bucket has. */
export function effectiveRules(props: LifecycleProps, store: ProviderProfile): readonly LifecycleRule[] | undefined {
  const { lifecycleRules = [], abortIncompleteMultipartUploadDays: days = defaultDays(props, store) } = props;
  const rules = days === false ? lifecycleRules : [...lifecycleRules, abortRule(days)];
  if (rules.length > 0) return rules;
  return props.lifecycleRules === undefined || !canAbort(store) ? undefined : [noRule];
}

export function abortsEverywhere(rules: readonly LifecycleRule[]): boolean {
  return rules.some((rule) => rule.enabled !== false && isForAll(rule) && rule.abortIncompleteMultipartUploadDays);
}

// Terraform warns of the bucket's own `lifecycle_rule` in each plan, so no rule is written by it that was not asked for.
function defaultDays({ lifecycleRules = [] }: LifecycleProps, store: ProviderProfile) {
  return canAbort(store) && hasOwnResource(store) && !abortsEverywhere(lifecycleRules) ? DEFAULT_DAYS : false;
}

function canAbort({ subResources, lifecycle }: ProviderProfile): boolean {
  return (
    subResources.lifecycle.value === "supported" && lifecycle.features["abort-multipart-uploads"].value === "supported"
  );
}

function abortRule(days: number): LifecycleRule {
  return { id: ABORT_RULE, abortIncompleteMultipartUploadDays: days };
}

// A configuration has at least one rule, and Terraform's bucket cannot say that there shall be none.
const noRule: LifecycleRule = { ...abortRule(DEFAULT_DAYS), enabled: false };
