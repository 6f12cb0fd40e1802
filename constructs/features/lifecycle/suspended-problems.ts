import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import type { VersioningProps } from "../versioning.js";
import { effectiveRules } from "./effective-rules.js";
import type { LifecycleProps } from "./lifecycle-props.js";

export function suspendedProblems(
  props: LifecycleProps & VersioningProps,
  asked: string,
  { store }: ObjectStorageProvider,
): string[] {
  const { value, source } = store.lifecycle.whileSuspended;
  const refused = props.versioning === "suspended" && value === "unsupported";
  return refused && effectiveRules(props, store) !== undefined
    ? [
        `${asked} cannot be used while versioning is "suspended": ${store.name} takes no lifecycle rules then (${source}); leave them out, or enable versioning`,
      ]
    : [];
}
