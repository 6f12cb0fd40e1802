export interface Place {
  readonly bucket: string;
  readonly key: string;
}

export type Guarded<Reason> =
  /** It may not go after all. */
  | { readonly kind: "kept"; readonly reason: Reason }
  | { readonly kind: "removed"; readonly requestId: string | null }
  /** It was removed, and the current object is not what it was: nothing more may be removed. */
  | { readonly kind: "harmed"; readonly detail: string }
  /** It was not removed, since an earlier removal did harm. */
  | { readonly kind: "stopped" };

/**
 * Removes versions by their ids, and looks whether the current objects outlive that: some stores let a copy share its data with the version
 * that it was copied from. The current body is read and compared around the first removal of each bucket, while all others wait,
 * and around one of `ONE_OF` after it. Harm stops every removal of the run.
 */
export interface RemovalGuard {
  /** `lookAgain` is awaited right before the version goes, and says why it may not; `delayed`: it came to that only after a while. */
  remove<Reason>(
    place: Place,
    versionId: string,
    lookAgain: (delayed: boolean) => Promise<Reason | null>,
  ): Promise<Guarded<Reason>>;
  readonly isStopped: boolean;
}
