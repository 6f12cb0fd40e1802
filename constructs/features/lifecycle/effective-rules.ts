import type { ProviderProfile } from "../../../providers/index.js";
import type { VersioningProps } from "../versioning.js";
import type { LifecycleProps } from "./lifecycle-props.js";
import { isForAll, type LifecycleRule } from "./lifecycle-rule.js";

/** The id of the rule that `abortIncompleteMultipartUploadDays` adds. */
const ABORT_RULE = "abort-incomplete-multipart-uploads";

const DEFAULT_DAYS = 7;

/** The rules of the bucket: those given, and the one that clears away unfinished uploads. Undefined leaves whatever the bucket has. */
export function effectiveRules(
  props: LifecycleProps & VersioningProps,
  store: ProviderProfile,
): readonly LifecycleRule[] | undefined {
  const { lifecycleRules = [], abortIncompleteMultipartUploadDays: days = defaultDays(props, store) } = props;
  const rules = days === false ? lifecycleRules : [...lifecycleRules, abortRule(days)];
  if (rules.length > 0) return rules;
  return props.lifecycleRules === undefined || !canAbort(store) ? undefined : [noRule];
}

export function abortsEverywhere(rules: readonly LifecycleRule[]): boolean {
  return rules.some((rule) => rule.enabled !== false && isForAll(rule) && rule.abortIncompleteMultipartUploadDays);
}

function defaultDays({ lifecycleRules = [], versioning }: LifecycleProps & VersioningProps, store: ProviderProfile) {
  const refused = versioning === "suspended" && store.lifecycle.whileSuspended.value === "unsupported";
  const fits = canAbort(store) && store.lifecycle.readAsWritten.value !== "unsupported" && !refused;
  return fits && !abortsEverywhere(lifecycleRules) ? DEFAULT_DAYS : false;
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
