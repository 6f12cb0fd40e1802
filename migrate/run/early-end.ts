import { RunError, type RunErrorBecause } from "../errors.js";
import { StoreError } from "../store/store-error.js";
import type { Touched } from "./touched.js";

interface Circumstances {
  /** Aborted once no call could succeed any more, with the `StoreError` that said so as its reason. */
  readonly lost: AbortSignal;
  readonly signal: AbortSignal | undefined;
  /** The one message of a store's refusal. */
  readonly words: (error: StoreError) => string;
  /** What the session did to objects, now that nothing is in flight any more. */
  readonly touched: Pick<Touched, "words">;
}

interface EarlyEnd {
  readonly end: "interrupted" | "aborted";
  readonly message: string | null;
  /** Absent where it was interrupted. */
  readonly because?: RunErrorBecause;
}

/** How a run ends whose work threw. A bug is thrown on. */
export function earlyEnd(thrown: unknown, { lost, signal, words, touched }: Circumstances): EarlyEnd {
  if (!(thrown instanceof RunError) && !(thrown instanceof StoreError)) throw thrown;
  // What failed afterwards failed for that.
  if (lost.aborted) return { end: "aborted", message: words(lost.reason), because: "store" };
  if (thrown instanceof RunError) {
    const { because } = thrown;
    const message = because === "canary" ? `${thrown.message}; ${touched.words()}` : thrown.message;
    return { end: "aborted", message, because };
  }
  // A listing that was not tried again because of the interruption has not failed for good.
  if (signal?.aborted) return { end: "interrupted", message: null };
  return { end: "aborted", message: words(thrown), because: "store" };
}
