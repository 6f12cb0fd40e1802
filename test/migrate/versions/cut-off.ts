import type { Intercept } from "../../../sandbox/index.js";

export interface CutOff {
  readonly intercept: Intercept;
  /** Resolves once nothing comes through any more. */
  readonly reached: Promise<"killed">;
  /** From the nth request on none is answered; with `carriedOut` the nth is carried out all the same. */
  arm(nth: number, carriedOut: boolean): void;
  /** Lets everything through that comes from now on. What hangs goes on hanging, as what a dead process had asked. */
  disarm(): void;
}

/** What a store shows of a process that was killed: after some request there comes no other. */
export function cutOff(): CutOff {
  let left = Number.POSITIVE_INFINITY;
  let carriesOut = false;
  let hang: (killed: "killed") => void = () => undefined;
  const reached = new Promise<"killed">((resolve) => {
    hang = resolve;
  });
  return {
    reached,
    intercept: () => {
      left -= 1;
      if (left > 0) return undefined;
      if (left === 0 && carriesOut) return { kind: "reset-after" };
      hang("killed");
      return new Promise(() => undefined);
    },
    arm: (nth, carriedOut) => {
      left = nth;
      carriesOut = carriedOut;
    },
    disarm: () => {
      left = Number.POSITIVE_INFINITY;
    },
  };
}
