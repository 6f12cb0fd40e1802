import { defined } from "../defined.js";
import { locksObjects } from "../features/object-lock.js";
import type { EncryptedBucketProps } from "./encrypted-bucket-props.js";

/** A bucket that existed before keeps what no property names: the defaults of these would be put over it. */
const LEFT_AS_FOUND = {
  abortIncompleteMultipartUploadDays: false,
  blockPublicAccess: false,
  ownership: false,
} as const satisfies EncryptedBucketProps;

/** The properties with what they imply. */
export function resolvedProps(given: EncryptedBucketProps): EncryptedBucketProps {
  const props = given.importExisting === true ? { ...LEFT_AS_FOUND, ...defined(given) } : given;
  return locksObjects(props) && props.versioning === undefined ? { ...props, versioning: "enabled" } : props;
}
