import { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration/index.js";
import { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";
import type { DeclaredBucket } from "../bucket/named-bucket.js";
import { choice, flag, number, objectOf } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { isKnownLater } from "../values.js";
import type { Feature } from "./feature.js";
import { partOf } from "./for-each.js";
import { supportProblems } from "./store-support.js";
import type { VersioningProps } from "./versioning.js";

/** How long new versions are locked, in whole days or years: exactly one of the two, from 1. */
export interface DefaultRetention {
  /**
   * `governance`: users with a special right can remove a lock before its date. `compliance`:
   * nobody can, including the account's owner.
   */
  readonly mode: "governance" | "compliance";
  /** @default - `years` says how long */
  readonly days?: number;
  /** @default - `days` says how long */
  readonly years?: number;
}

export interface ObjectLockProps {
  /**
   * Enables Object Lock, so that versions can be locked against deletion. It is chosen when the
   * bucket is created, and enables versioning permanently.
   * @default - true with a `defaultRetention`; otherwise the bucket has none
   */
  readonly objectLock?: boolean;
  /**
   * Locks each new version for that time, unless its upload sets another one. No lifecycle rule and
   * no `destroyWithContents` deletes it sooner.
   * @default - none: clients lock versions one by one
   */
  readonly defaultRetention?: DefaultRetention;
}

const defaultRetention = objectOf<DefaultRetention>({
  mode: choice(["governance", "compliance"]),
  days: number().optional(),
  years: number().optional(),
});

export const objectLock: Feature<ObjectLockProps, S3BucketObjectLockConfigurationA, ObjectLockProps & VersioningProps> =
  {
    fields: { objectLock: flag().optional(), defaultRetention: defaultRetention.optional() },
    needs: { objectLock: "object-lock", defaultRetention: "object-lock" },
    parts: [
      {
        id: "object-lock",
        type: "aws_s3_bucket_object_lock_configuration",
        inline: ["objectLockConfiguration"],
        setting: "default retention",
        left: "leave defaultRetention out",
      },
    ],
    problems: objectLockProblems,
    declare: declareDefaultRetention,
  };

export function locksObjects(props: { readonly objectLock?: boolean; readonly defaultRetention?: object }): boolean {
  return props.objectLock ?? props.defaultRetention !== undefined;
}

function declareDefaultRetention(
  { defaultRetention }: ObjectLockProps,
  bucket: DeclaredBucket,
): S3BucketObjectLockConfigurationA | undefined {
  if (defaultRetention === undefined) return undefined;
  const { mode, days, years } = defaultRetention;
  return new S3BucketObjectLockConfigurationA(bucket, "object-lock", {
    ...partOf(bucket),
    dependsOn: bucket.versioning === undefined ? [] : [bucket.versioning],
    rule: {
      defaultRetention: {
        mode: mode.toUpperCase(),
        ...(days === undefined ? {} : { days }),
        ...(years === undefined ? {} : { years }),
      },
    },
  });
}

export function objectLockProblems(props: ObjectLockProps & VersioningProps, storage: ObjectStorageProvider): string[] {
  const { objectLock, defaultRetention, versioning } = props;
  const asked = objectLock === undefined ? "defaultRetention" : "objectLock";
  return [
    ...(locksObjects(props) ? supportProblems(asked, "object-lock", storage) : []),
    ...(locksObjects(props) && versioning === "suspended"
      ? [`${asked} needs versioning, which is "suspended"; leave versioning out, or give "enabled"`]
      : []),
    ...(objectLock === false && defaultRetention !== undefined
      ? ["defaultRetention needs Object Lock, and objectLock is false; leave one of the two out"]
      : []),
    ...(defaultRetention === undefined ? [] : retentionProblems(defaultRetention)),
  ];
}

function retentionProblems({ days, years }: DefaultRetention): string[] {
  return [
    ...((days === undefined) === (years === undefined)
      ? ["defaultRetention lasts for days or for years; give exactly one of the two"]
      : []),
    ...[days, years]
      .filter((period) => period !== undefined && !isPeriod(period))
      .map((period) => `defaultRetention of ${period} cannot be used; give a whole number from 1`),
  ];
}

function isPeriod(period: number): boolean {
  return isKnownLater(period) || (Number.isInteger(period) && period >= 1);
}

/** Whether a resource at or below `bucket` locks every new object. */
export function hasDefaultRetention(bucket: IConstruct): boolean {
  return bucket.node.findAll().some((node) => isLockConfiguration(node) && node.ruleInput !== undefined);
}

// Checks the resource type, not the class: an app can contain two copies of the bindings.
function isLockConfiguration(node: IConstruct): node is S3BucketObjectLockConfigurationA {
  return (
    TerraformResource.isTerraformResource(node) &&
    node.terraformResourceType === S3BucketObjectLockConfigurationA.tfResourceType
  );
}
