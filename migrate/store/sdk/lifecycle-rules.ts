import type { LifecycleRule as SdkRule } from "@aws-sdk/client-s3";
import type { LifecycleAction, LifecycleRule } from "../bucket-rules.js";

export function toLifecycleRule(rule: SdkRule): LifecycleRule {
  const { And: and, Tag: tag, ObjectSizeGreaterThan: above, ObjectSizeLessThan: below } = rule.Filter ?? {};
  return {
    id: rule.ID ?? null,
    enabled: rule.Status === "Enabled",
    prefix: rule.Filter?.Prefix ?? and?.Prefix ?? rule.Prefix ?? "",
    isNarrower: [and, tag, above, below].some((condition) => condition !== undefined),
    actions: actionsOf(rule),
  };
}

function actionsOf(rule: SdkRule): LifecycleAction[] {
  const {
    Expiration: expiration,
    NoncurrentVersionExpiration: noncurrent,
    AbortIncompleteMultipartUpload: abort,
  } = rule;
  const expires = expiration?.Days !== undefined || expiration?.Date !== undefined;
  return [
    ...(expires ? [action("expires", { days: expiration.Days, date: expiration.Date })] : []),
    ...(expiration?.ExpiredObjectDeleteMarker ? [action("removes-lone-delete-markers", {})] : []),
    ...(rule.Transitions ?? []).map(({ Days, Date: date, StorageClass }) =>
      action("moves", { days: Days, date, storageClass: StorageClass }),
    ),
    ...(noncurrent === undefined ? [] : [action("removes-noncurrent", { days: noncurrent.NoncurrentDays })]),
    ...(rule.NoncurrentVersionTransitions ?? []).map(({ NoncurrentDays, StorageClass }) =>
      action("moves-noncurrent", { days: NoncurrentDays, storageClass: StorageClass }),
    ),
    ...(abort === undefined ? [] : [action("aborts-uploads", { days: abort.DaysAfterInitiation })]),
  ];
}

interface When {
  readonly days?: number | undefined;
  readonly date?: Date | undefined;
  readonly storageClass?: string | undefined;
}

function action(kind: LifecycleAction["kind"], { days, date, storageClass }: When): LifecycleAction {
  return { kind, days: days ?? null, date: date?.toISOString() ?? null, storageClass: storageClass ?? null };
}
