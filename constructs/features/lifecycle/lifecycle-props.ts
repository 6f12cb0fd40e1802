import { type Fields, list, numberOrFalse } from "../../checked-props.js";
import { type LifecycleRule, lifecycleRule } from "./lifecycle-rule.js";

export interface LifecycleProps {
  /**
   * What the store does with objects as they age, 1000 rules at most. An empty list with `abortIncompleteMultipartUploadDays: false`
   * declares that no rule shall be in effect.
   * @default - none but the one that `abortIncompleteMultipartUploadDays` adds
   */
  readonly lifecycleRules?: readonly LifecycleRule[];
  /**
   * Removes the parts of uploads that were not completed so many days after they began, in the whole bucket, by a rule of its own.
   * `false` adds none.
   * @default 7 where the store documents such rules and gives them back as they were written (Amazon S3, OVHcloud, Scaleway, Ceph),
   * unless one of `lifecycleRules` does it for the whole bucket already, or the store takes no rules while versioning is suspended; elsewhere false
   */
  readonly abortIncompleteMultipartUploadDays?: number | false;
}

export const lifecycleFields = {
  lifecycleRules: list(lifecycleRule).optional(),
  abortIncompleteMultipartUploadDays: numberOrFalse().optional(),
} satisfies Fields<LifecycleProps>;
