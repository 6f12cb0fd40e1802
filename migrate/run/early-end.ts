import { RunError, type RunErrorBecause } from "../errors.js";
import { StoreError } from "../store/store-error.js";

interface Circumstances {
  /** Aborted once no call could succeed any more, with the `StoreError` that said so as its reason. */
  readonly lost: AbortSignal;
  readonly signal: AbortSignal | undefined;
  /** The one message of a store's refusal. */
  readonly words: (error: StoreError) => string;
}

interface EarlyEnd {
  readonly end: "interrupted" | "aborted";
  readonly message: string | null;
  /** Absent where it was interrupted. */
  readonly because?: RunErrorBecause;
}

/** How a run ends whose work threw. A bug is thrown on. */
export function earlyEnd(thrown: unknown, { lost, signal, words }: Circumstances): EarlyEnd {
  if (!(thrown instanceof RunError) && !(thrown instanceof StoreError)) throw thrown;
  // What failed afterwards failed for that.
  if (lost.aborted) return { end: "aborted", message: words(lost.reason), because: "store" };
  if (thrown instanceof RunError) return { end: "aborted", message: thrown.message, because: thrown.because };
  // A listing that was not tried again because of the interruption has not failed for good.
  if (signal?.aborted) return { end: "interrupted", message: null };
  return { end: "aborted", message: words(thrown), because: "store" };
}
