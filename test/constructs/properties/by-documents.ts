import { type BucketSubResource, type ProviderId, providers } from "../../../providers/index.js";
import { resourcesOf, type Synthesised } from "../synth.js";
import type { AskedProps } from "./asked-props.js";

const NEEDS: Readonly<Partial<Record<keyof AskedProps, BucketSubResource>>> = {
  versioning: "versioning",
  objectLock: "object-lock",
  defaultRetention: "object-lock",
  lifecycleRules: "lifecycle",
  abortIncompleteMultipartUploadDays: "lifecycle",
  cors: "cors",
  tags: "tagging",
  website: "website",
  enforceTls: "policy",
  minimumTlsVersion: "policy",
  denyUnencryptedUploads: "policy",
  denyCustomerKeys: "policy",
  requireCustomerKeys: "policy",
  blockPublicAccess: "public-access-block",
  ownership: "ownership-controls",
  serverAccessLogs: "logging",
  replication: "replication",
};

/** The properties that the store does not support, according to its documents alone. */
export function lacks(provider: ProviderId, asked: AskedProps): (keyof AskedProps)[] {
  const names = Object.keys(asked) as (keyof AskedProps)[];
  return names.filter((name) => asked[name] !== undefined && asked[name] !== false && isLacking(provider, name));
}

function isLacking(provider: ProviderId, property: keyof AskedProps): boolean {
  const { subResources, bucketPolicies, accessLogs, replication, lifecycle } = providers[provider];
  const need = NEEDS[property];
  if (need !== undefined && subResources[need].value === "unsupported") return true;
  if (need === "policy") {
    const denies = bucketPolicies.denials.value !== "unsupported" && bucketPolicies.judged.value === "everybody";
    return !denies || (property === "minimumTlsVersion" && provider === "ceph-rgw");
  }
  const others: Partial<Record<keyof AskedProps, boolean>> = {
    kmsKey: provider !== "aws",
    serverAccessLogs: accessLogs.encryption.value === "none",
    replication: replication.declarable.value === "unsupported",
    abortIncompleteMultipartUploadDays: lifecycle.features["abort-multipart-uploads"].value === "unsupported",
  };
  return others[property] ?? false;
}

/** Stores that may have STANDARD_IA beside STANDARD. */
const INFREQUENT_ACCESS: readonly ProviderId[] = ["aws", "ovhcloud", "ceph-rgw", "generic"];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The properties without those that the store lacks, and without those that exclude each other. */
export function validOn(provider: ProviderId, asked: AskedProps): AskedProps {
  const props: Mutable<AskedProps> = { ...asked };
  for (const name of lacks(provider, asked)) delete props[name];
  if (provider !== "aws" || props.kmsKey === undefined) delete props.bucketKey;
  if (props.denyCustomerKeys) delete props.requireCustomerKeys;
  if (!props.enforceTls) delete props.minimumTlsVersion;
  if (props.defaultRetention !== undefined) delete props.objectLock;
  const locks = props.objectLock === true || props.defaultRetention !== undefined;
  // The destination here has no Object Lock.
  if (locks) delete props.replication;
  if (props.replication?.tags !== undefined) props.replication = { ...props.replication, deleteMarkers: false };
  if (props.replication !== undefined && !INFREQUENT_ACCESS.includes(provider)) {
    props.replication = { ...props.replication, storageClass: "STANDARD" };
  }
  if (locks || props.replication !== undefined) props.versioning = "enabled";
  if (props.versioning === "suspended" && providers[provider].lifecycle.whileSuspended.value === "unsupported") {
    delete props.lifecycleRules;
    delete props.abortIncompleteMultipartUploadDays;
  }
  return props;
}

const SUB_RESOURCE_OF: Readonly<Record<string, BucketSubResource>> = {
  aws_s3_bucket_accelerate_configuration: "accelerate",
  aws_s3_bucket_acl: "acl",
  aws_s3_bucket_cors_configuration: "cors",
  aws_s3_bucket_lifecycle_configuration: "lifecycle",
  aws_s3_bucket_logging: "logging",
  aws_s3_bucket_object_lock_configuration: "object-lock",
  aws_s3_bucket_ownership_controls: "ownership-controls",
  aws_s3_bucket_policy: "policy",
  aws_s3_bucket_public_access_block: "public-access-block",
  aws_s3_bucket_replication_configuration: "replication",
  aws_s3_bucket_server_side_encryption_configuration: "encryption",
  aws_s3_bucket_versioning: "versioning",
  aws_s3_bucket_website_configuration: "website",
};

/**
 * Buckets of a synthesised stack that are not encrypted by default, and resources that the store
 * lacks or that this test does not know.
 */
export function whatIsWrong(provider: ProviderId, synthesised: Synthesised): string[] {
  const { subResources } = providers[provider];
  const types = Object.keys(synthesised.resource).filter((type) => type !== "aws_s3_bucket");
  return [
    ...unencrypted(synthesised),
    ...types
      .map((type) => ({ type, subResource: SUB_RESOURCE_OF[type] }))
      .filter(({ subResource }) => subResource === undefined || subResources[subResource].value === "unsupported")
      .map(({ type }) => `${type} on ${provider}`),
    ...resourcesOf(synthesised, "aws_s3_bucket")
      .filter(({ tags }) => tags !== undefined && subResources.tagging.value === "unsupported")
      .map(() => `tags on ${provider}`),
    ...resourcesOf(synthesised, "aws_s3_bucket")
      .filter(({ lifecycle_rule: rules }) => rules !== undefined && subResources.lifecycle.value === "unsupported")
      .map(() => `lifecycle rules on ${provider}`),
  ];
}

function unencrypted(synthesised: Synthesised): string[] {
  const defaults = resourcesOf(synthesised, "aws_s3_bucket_server_side_encryption_configuration");
  const sealed = defaults.filter(({ rule }) => isSealing(rule)).map(({ bucket }) => bucket);
  return Object.keys(synthesised.resource.aws_s3_bucket ?? {})
    .filter((id) => sealed.filter((bucket) => bucket === `\${aws_s3_bucket.${id}.id}`).length !== 1)
    .map((id) => `${id} has no encryption default of its own`);
}

function isSealing(rule: unknown): boolean {
  const [found] = Array.isArray(rule) ? (rule as readonly Record<string, unknown>[]) : [];
  const applied = found?.apply_server_side_encryption_by_default as Record<string, unknown> | undefined;
  return applied?.sse_algorithm === "AES256" || applied?.sse_algorithm === "aws:kms";
}
