import { Annotations, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { BucketSubResource } from "../../providers/index.js";
import type { DeclaredBucket } from "../bucket/named-bucket.js";
import type { Fields } from "../checked-props.js";
import type { AskedStatement } from "../policy/policy-statement.js";
import { accessControl } from "./access-control.js";
import { blockedEncryptionTypes } from "./blocked-encryption-types.js";
import { cors } from "./cors.js";
import { kmsKey } from "./encryption-default.js";
import type { BucketPart, Feature } from "./feature.js";
import { forEach } from "./for-each.js";
import { lifecycle } from "./lifecycle/lifecycle.js";
import { lifetime } from "./lifetime.js";
import { move } from "./move.js";
import { objectLock } from "./object-lock.js";
import { ownership } from "./ownership.js";
import { publicAccess } from "./public-access.js";
import { replication } from "./replication/replication.js";
import { accessLogs } from "./server-access-logs.js";
import { warnWhereUndocumented } from "./store-support.js";
import { tags } from "./tags.js";
import { versioning } from "./versioning.js";
import { website } from "./website.js";

/**
 * All features of an EncryptedBucket. If a row declares a resource, the bucket's property of the
 * same name holds it.
 */
const FEATURES = {
  blockedEncryptionTypes,
  kmsKey,
  versioning,
  objectLock,
  lifecycle,
  cors,
  tags,
  website,
  lifetime,
  accessControl,
  publicAccess,
  ownership,
  accessLogs,
  move,
  forEach,
  replication,
};

type Features = typeof FEATURES;
type PropsOf<F> = F extends Feature<infer Props, infer _Resource, infer _Read> ? Props : never;
type ResourceOf<F> = F extends Feature<infer _Props, infer Resource, infer _Read> ? Resource : never;
type Intersection<T> = (T extends unknown ? (each: T) => void : never) extends (all: infer All) => void ? All : never;

/** The properties of all features. */
export type FeatureProps = Intersection<PropsOf<Features[keyof Features]>>;

type Declaring = { [K in keyof Features]: [ResourceOf<Features[K]>] extends [never] ? never : K }[keyof Features];

/** The resources of an EncryptedBucket, by property. */
type BucketResources = { readonly [K in Declaring]: ResourceOf<Features[K]> | undefined };

/**
 * A construct with the resources of all features as properties. `declareParts` and `connectParts`
 * set them.
 */
export const ConstructWithParts = Construct as unknown as Omit<typeof Construct, "prototype"> &
  (new (
    scope: Construct,
    id: string,
  ) => Construct & BucketResources);

type Read = FeatureProps & { readonly bucketName?: string };

const ROWS: readonly (readonly [name: string, Feature<Record<string, unknown>, TerraformResource, Read>])[] =
  Object.entries(FEATURES);

/** The accepted properties of all features at run time. */
export const featureFields = Object.fromEntries(
  ROWS.flatMap(([, { fields }]) => Object.entries(fields)),
) as Fields<FeatureProps>;

/** The resources that manage settings of a bucket, without the bucket itself. */
export const BUCKET_PARTS: readonly BucketPart[] = ROWS.flatMap(([, { parts = [] }]) => parts);

/** All problems that keep a feature from working on the store. */
export function featureProblems(props: Read, bucket: DeclaredBucket): string[] {
  return ROWS.flatMap(([, { problems }]) => problems?.(props, bucket.storage, bucket) ?? []);
}

/**
 * Warns about each property that no document of the store mentions, and adds the warnings of the
 * features.
 */
export function warnOfFeatures(props: Read, bucket: DeclaredBucket): void {
  for (const [, { needs = {} }] of ROWS) {
    for (const [property, subResource] of Object.entries(needs)) warnOfNeed(props, bucket, property, subResource);
  }
  for (const text of ROWS.flatMap(([, { warnings }]) => warnings?.(props, bucket.storage) ?? [])) {
    Annotations.of(bucket).addWarning(text);
  }
}

function warnOfNeed(props: object, bucket: DeclaredBucket, property: string, subResource?: BucketSubResource): void {
  const asked: unknown = Reflect.get(props, property);
  if (subResource === undefined || asked === undefined || asked === false) return;
  warnWhereUndocumented(bucket, property, subResource, bucket.storage);
}

/** Declares the resources of all features, in the order of the table. */
export function declareParts(props: Read, bucket: DeclaredBucket): void {
  for (const [name, { declare }] of ROWS) if (declare) Object.assign(bucket, { [name]: declare(props, bucket) });
}

/** Declares the resources that tie the bucket to other buckets. */
export function connectParts(props: Read, bucket: DeclaredBucket): void {
  for (const [name, { connect }] of ROWS) if (connect) Object.assign(bucket, { [name]: connect(props, bucket) });
}

/** The statements that the features add to the bucket policy. */
export function policyStatements(props: Read, bucket: DeclaredBucket): AskedStatement[] {
  return ROWS.flatMap(([, { statements }]) => statements?.(props, bucket) ?? []);
}
