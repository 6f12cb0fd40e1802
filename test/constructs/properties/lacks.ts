import { type BucketSubResource, type ProviderId, providers } from "../../../providers/index.js";
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

/** By the documents of a store alone: the properties that ask for something which it does not do. */
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
