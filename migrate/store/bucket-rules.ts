/** What a lifecycle rule does, after so many days or from a date on. */
export interface LifecycleAction {
  readonly kind:
    | "expires"
    | "moves"
    | "removes-noncurrent"
    | "moves-noncurrent"
    | "aborts-uploads"
    | "removes-lone-delete-markers";
  readonly days: number | null;
  /** ISO 8601. */
  readonly date: string | null;
  /** Where it moves objects to. */
  readonly storageClass: string | null;
}

export interface LifecycleRule {
  readonly id: string | null;
  readonly enabled: boolean;
  /** Empty where it is of the whole bucket. */
  readonly prefix: string;
  /** It asks for more than a prefix: tags or sizes. */
  readonly isNarrower: boolean;
  readonly actions: readonly LifecycleAction[];
}

export interface ReplicationRule {
  readonly id: string | null;
  readonly enabled: boolean;
  /** Empty where it is of the whole bucket. */
  readonly prefix: string;
  readonly isNarrower: boolean;
  /** The bucket it replicates to, as the rule names it. */
  readonly destination: string | null;
}
