import type { ReplayStep } from "../journal/observation.js";

export type StopReason = "kept-changing" | "store-error";

export type ReplayEnd =
  | { readonly kind: "done"; readonly made: readonly ReplayStep[] }
  /** Everything is re-created, and of what stood there before some is left. */
  | { readonly kind: "left"; readonly made: readonly ReplayStep[]; readonly because: string }
  /** What was made is undone. */
  | { readonly kind: "stopped"; readonly because: string; readonly reason: StopReason }
  | { readonly kind: "interrupted" };
