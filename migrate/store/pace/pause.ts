import type { Clock } from "./clock.js";

/** Waits. An aborted signal ends the wait early, without an error. */
export function pause(ms: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      callOff();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const callOff = clock.after(ms, end);
    signal?.addEventListener("abort", end);
  });
}
