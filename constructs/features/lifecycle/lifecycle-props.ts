import { type Fields, list, numberOrFalse } from "../../checked-props.js";
import { type LifecycleRule, lifecycleRule } from "./lifecycle-rule.js";

export interface LifecycleProps {
  /**
   * What the store does with objects as they age, 1000 rules at most. An empty list without `abortIncompleteMultipartUploadDays`
   * declares that no rule shall be in effect.
   * @default - none but the one that `abortIncompleteMultipartUploadDays` adds
   */
  readonly lifecycleRules?: readonly LifecycleRule[];
  /**
   * Removes the parts of uploads that were not completed so many days after they began, in the whole bucket, by a rule of its own.
   * `false` adds none.
   * @default 7 on Amazon S3, unless one of `lifecycleRules` does it for the whole bucket already; elsewhere false, since Terraform warns
   * in each plan of the way in which rules are written there
   */
  readonly abortIncompleteMultipartUploadDays?: number | false;
}

export const lifecycleFields = {
  lifecycleRules: list(lifecycleRule).optional(),
  abortIncompleteMultipartUploadDays: numberOrFalse().optional(),
} satisfies Fields<LifecycleProps>;
