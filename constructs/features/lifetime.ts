import type { TerraformResourceLifecycle } from "cdktf";
import { choice, type Fields, flag } from "../checked-props.js";
import { isKnownLater } from "../values.js";
import type { Feature } from "./feature.js";

export interface RemovalProps {
  /**
   * What Terraform may do if it has to destroy the bucket: because the stack is destroyed, or
   * because a change replaces the bucket (of `bucketName`, `objectLock`, or the construct's id).
   * After a change of `storage` Terraform forgets the bucket and creates one in the other place.
   *
   * - `retain` refuses any plan that would destroy the bucket or its default encryption.
   * - `destroy` destroys the bucket once it is empty.
   * - `destroyWithContents` first deletes every object and version in it.
   *
   * It applies as long as the construct is in the code: see `UnmanagedBucket` to remove it.
   * @default "retain"
   */
  readonly removal?: "retain" | "destroy" | "destroyWithContents";
}

export interface DefaultRemovalProps {
  /**
   * `retain` refuses any plan that would remove the default. Without it, new objects are plaintext
   * on stores that do not encrypt by themselves.
   * @default "retain"
   */
  readonly removal?: "retain" | "destroy";
}

export const defaultRemovalFields = {
  removal: choice(["retain", "destroy"]).optional(),
} satisfies Fields<DefaultRemovalProps>;

/** Adds Terraform's guard against destruction to the other lifecycle settings of a resource. */
export function withPreventDestroy(
  { removal = "retain" }: RemovalProps,
  further: TerraformResourceLifecycle = {},
): { readonly lifecycle?: TerraformResourceLifecycle } {
  const lifecycle = removal === "retain" ? { preventDestroy: true, ...further } : further;
  return Object.keys(lifecycle).length === 0 ? {} : { lifecycle };
}

export interface AdoptionProps {
  /**
   * Imports the existing bucket of that `bucketName` instead of creating one. Its objects stay, and
   * so do all settings that no property names (tags, lifecycle rules, ACLs, public access).
   * Settings that properties name replace the bucket's own. It may stay `true` afterwards. Needs
   * Terraform 1.5, also for synth.
   * @default false
   */
  readonly importExisting?: boolean;
}

type Named = { readonly bucketName?: string };

export const lifetime: Feature<AdoptionProps & RemovalProps, never, AdoptionProps & RemovalProps & Named> = {
  fields: {
    importExisting: flag().optional(),
    removal: choice(["retain", "destroy", "destroyWithContents"]).optional(),
  },
  problems: adoptionProblems,
};

function adoptionProblems({ importExisting, bucketName }: AdoptionProps & Named): string[] {
  if (importExisting !== true) return [];
  if (bucketName === undefined) return ["importExisting needs the bucketName of the bucket that exists"];
  return isKnownLater(bucketName) ? ["importExisting needs a bucketName that is known at synth, not a reference"] : [];
}
