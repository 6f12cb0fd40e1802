import type { TerraformResourceLifecycle } from "cdktf";
import { choice, type Fields, flag } from "../checked-props.js";
import { isKnownLater } from "../values.js";
import type { Feature } from "./feature.js";

export interface RemovalProps {
  /**
   * What Terraform may do when the bucket would have to go: because the stack is destroyed, or because a change replaces the bucket
   * (of `bucketName`, `objectLock`, or the construct's id). Another `storage` is no such change: Terraform forgets the bucket and makes one there.
   * `retain` refuses any plan that would destroy the bucket or its encryption default; `destroy` lets it go once it is empty;
   * `destroyWithContents` deletes every object and version in it first.
   * It holds as long as the construct stands in the code: see `UnmanagedBucket` for taking it out.
   * @default "retain"
   */
  readonly removal?: "retain" | "destroy" | "destroyWithContents";
}

export interface DefaultRemovalProps {
  /**
   * `retain` refuses any plan that would take the default away: new objects would be plaintext on stores that do not encrypt by themselves.
   * @default "retain"
   */
  readonly removal?: "retain" | "destroy";
}

export const defaultRemovalFields = {
  removal: choice(["retain", "destroy"]).optional(),
} satisfies Fields<DefaultRemovalProps>;

/** Terraform's own guard on what must not be destroyed, beside what else it is told of a resource. */
export function withPreventDestroy(
  { removal = "retain" }: RemovalProps,
  further: TerraformResourceLifecycle = {},
): { readonly lifecycle?: TerraformResourceLifecycle } {
  const lifecycle = removal === "retain" ? { preventDestroy: true, ...further } : further;
  return Object.keys(lifecycle).length === 0 ? {} : { lifecycle };
}

export interface AdoptionProps {
  /**
   * Takes over the bucket of that `bucketName`, which exists already, instead of making one: its objects stay, and what it has and no
   * property names stays too (tags, lifecycle rules, ACLs, public access). Settings that properties name are put over the bucket's own.
   * It may stay `true` afterwards. Needs Terraform 1.5, also for synth.
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
