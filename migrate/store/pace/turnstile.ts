import type { Clock } from "./clock.js";

export interface Turnstile {
  /** Resolves when it is the caller's turn; at once where the signal is aborted. */
  pass(signal?: AbortSignal): Promise<void>;
  /** To be called when a wait may have become shorter. */
  wake(): void;
}

/**
 * Lets callers through one after another, in the order in which they came. `tryPass` lets one through and answers 0, or
 * answers how many milliseconds to wait before it is asked again.
 */
export function createTurnstile(tryPass: () => number, clock: Clock): Turnstile {
  const waiting = new Set<() => void>();
  let callOff = () => {};
  const serve = () => {
    callOff();
    for (const enter of waiting) {
      const waitMs = tryPass();
      if (waitMs > 0) {
        callOff = clock.after(waitMs, serve);
        return;
      }
      enter();
    }
  };
  const enqueue = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => {
      const enter = () => {
        waiting.delete(enter);
        if (waiting.size === 0) callOff();
        signal?.removeEventListener("abort", enter);
        resolve();
      };
      waiting.add(enter);
      signal?.addEventListener("abort", enter);
      if (waiting.size === 1) serve();
    });
  return {
    pass: (signal) => (signal?.aborted ? Promise.resolve() : enqueue(signal)),
    wake: () => {
      if (waiting.size > 0) serve();
    },
  };
}
