import type { TerraformResourceLifecycle } from "cdktf";
import { choice, type Fields } from "../checked-props.js";

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

export const removalFields = {
  removal: choice(["retain", "destroy", "destroyWithContents"]).optional(),
} satisfies Fields<RemovalProps>;

export const defaultRemovalFields = {
  removal: choice(["retain", "destroy"]).optional(),
} satisfies Fields<DefaultRemovalProps>;

/** Terraform's own guard on what must not be destroyed, beside what else it is told of a resource. */
export function guarded(
  { removal = "retain" }: RemovalProps,
  further: TerraformResourceLifecycle = {},
): { readonly lifecycle?: TerraformResourceLifecycle } {
  const lifecycle = removal === "retain" ? { preventDestroy: true, ...further } : further;
  return Object.keys(lifecycle).length === 0 ? {} : { lifecycle };
}
