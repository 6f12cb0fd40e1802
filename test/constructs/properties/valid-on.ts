import { type ProviderId, providers } from "../../../providers/index.js";
import type { AskedProps } from "./asked-props.js";
import { lacks } from "./lacks.js";

/** Stores that may have STANDARD_IA, beside STANDARD. */
const INFREQUENT_ACCESS: readonly ProviderId[] = ["aws", "ovhcloud", "ceph-rgw", "generic"];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is left of the properties when those go that the store lacks, and those that do not go together. */
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
