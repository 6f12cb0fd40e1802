import { type Fields, flag } from "../checked-props.js";
import { isKnownLater } from "./literal.js";

export interface AdoptionProps {
  /**
   * Takes over the bucket of that `bucketName`, which exists already, instead of making one: its objects stay, and what it has and no
   * property names stays too (tags, lifecycle rules, ACLs, public access). Settings that properties name are put over the bucket's own.
   * It may stay `true` afterwards. Needs Terraform 1.5, also for synth.
   * @default false
   */
  readonly importExisting?: boolean;
}

export const adoptionFields = { importExisting: flag().optional() } satisfies Fields<AdoptionProps>;

export function adoptionProblems({
  importExisting,
  bucketName,
}: AdoptionProps & { readonly bucketName?: string }): string[] {
  if (importExisting !== true) return [];
  if (bucketName === undefined) return ["importExisting needs the bucketName of the bucket that exists"];
  return isKnownLater(bucketName) ? ["importExisting needs a bucketName that is known at synth, not a reference"] : [];
}
