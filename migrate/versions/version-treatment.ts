/** What becomes of noncurrent versions that are not encrypted. */
export const VERSION_TREATMENTS = ["current", "replay", "purge"] as const;
export type VersionTreatment = (typeof VERSION_TREATMENTS)[number];

/** What is about to be removed: noncurrent versions that are neither encrypted nor locked. */
export interface RemovalFound {
  readonly treatment: Exclude<VersionTreatment, "current">;
  readonly versions: number;
  readonly bytes: number;
  readonly keys: number;
}

/** Whether they may go. Asked once, before anything is written. */
export type ConfirmRemoval = (found: RemovalFound) => Promise<boolean>;
