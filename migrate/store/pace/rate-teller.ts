import type { AdaptiveRate } from "./adaptive-rate.js";

const TELL_EVERY_MS = 1000;

export interface RateTeller {
  lowered(): void;
  /** To be called often: tells how far the rate has climbed, once a second, and at once when it is restored. */
  look(): void;
}

/** Tells what becomes of a rate, and nothing while it is what it is meant to be. `null` is no limit. */
export function rateTeller(
  rate: AdaptiveRate,
  ceiling: number | null,
  now: () => number,
  onRate: (perSecond: number | null) => void,
): RateTeller {
  const usual = ceiling ?? Number.POSITIVE_INFINITY;
  let told = usual;
  let toldAt = now();
  const tell = (perSecond: number) => {
    told = perSecond;
    toldAt = now();
    onRate(perSecond === Number.POSITIVE_INFINITY ? null : Math.round(perSecond));
  };
  return {
    lowered: () => tell(rate.perSecond()),
    look: () => {
      if (told === usual) return;
      const perSecond = rate.perSecond();
      if (perSecond === usual || now() - toldAt >= TELL_EVERY_MS) tell(perSecond);
    },
  };
}
