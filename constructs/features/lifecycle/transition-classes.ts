import type { Fact, ProviderProfile, TransitionClass } from "../../../providers/index.js";
import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { isKnownLater } from "../literal.js";

/** Those that Terraform's AWS provider takes, whatever a store has. */
const WRITTEN_BY_TERRAFORM: readonly string[] = [
  "STANDARD_IA",
  "INTELLIGENT_TIERING",
  "ONEZONE_IA",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
];

/** Why objects cannot be moved to `storageClass` on this store, in this region; the message names the classes that they can be moved to. */
export function classProblems(storageClass: string, storage: ObjectStorageProvider): string[] {
  if (isKnownLater(storageClass)) return [];
  const { value, source } = storage.store.lifecycle.transitionClasses;
  const ofTheStore = value === "own" ? WRITTEN_BY_TERRAFORM : value.filter(inRegion(storage)).map(({ name }) => name);
  const allowed = ofTheStore.filter((name) => WRITTEN_BY_TERRAFORM.includes(name));
  if (allowed.includes(storageClass)) return [];
  const why = ofTheStore.includes(storageClass) ? ", since Terraform's AWS provider does not write that class" : "";
  return [
    `objects cannot be moved to ${storageClass} on ${placeOf(storage)}${why}; the classes are ${allowed.join(", ") || "none"} (${source})`,
  ];
}

export function minDaysOf(storageClass: string, { lifecycle }: ProviderProfile): Fact<number> {
  const { value, source } = lifecycle.transitionClasses;
  const found = value === "own" ? undefined : value.find(({ name }) => name === storageClass);
  return { value: found?.minDays ?? 0, source };
}

function inRegion({ region }: ObjectStorageProvider) {
  return ({ regions }: TransitionClass) => regions === undefined || isKnownLater(region) || regions.includes(region);
}

function placeOf({ store, region }: ObjectStorageProvider): string {
  return isKnownLater(region) ? store.name : `${store.name} in ${region}`;
}
