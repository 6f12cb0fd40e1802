import { createSendMeter } from "./send-meter.js";

/** One refusal halves the rate. */
const DECREASE = 0.5;
/** Stores count by the second: what they refuse within one second is one refusal. */
const INTERVAL_MS = 1000;
const LEAST_PER_SECOND = 1;
/** So little traffic says nothing of what the store can take: it is not measured by. */
const LEAST_MEASURED = 100;
/** In requests a second, a cubic second: the AWS SDKs climb as fast in their adaptive mode. */
const CLIMB = 0.4;

interface Lowered {
  readonly at: number;
  readonly from: number;
  /** The rate near which the climb grows slow. */
  readonly plateau: number;
  /** Reached, the rate is its ceiling again, or without limit where there is none. */
  readonly restoredAt: number;
  /** The first answer since; the rate does not climb before. */
  climbsSince: number | null;
}

export interface AdaptiveRate {
  /** Requests a second that may go out now; `Infinity` for any number. */
  perSecond(): number;
  sent(): void;
  /** The store answered a request that went out at this time, and did not ask for less. */
  answered(sentAt: number): void;
  /** The store refused it for its rate. Says whether the rate was lowered for it. */
  refused(sentAt: number): boolean;
}

/**
 * A rate that finds what a store takes: it halves when the store refuses, once for all that was under way, and climbs back
 * as RFC 9438 (CUBIC) does: fast to near where it was refused, slowly there, then faster and faster. Without a ceiling it
 * begins unlimited and halves from what was measured.
 */
export function adaptiveRate(ceiling: number | null, now: () => number): AdaptiveRate {
  const most = ceiling ?? Number.POSITIVE_INFINITY;
  const meter = createSendMeter(now);
  let lowered: Lowered | null = null;
  const perSecond = () => {
    if (lowered === null) return most;
    const rate = climb(lowered, now());
    if (rate < lowered.restoredAt) return rate;
    lowered = null;
    return most;
  };
  return {
    perSecond,
    sent: meter.sent,
    answered: (sentAt) => {
      if (lowered !== null && sentAt >= lowered.at) lowered.climbsSince ??= now();
    },
    refused: (sentAt) => {
      const at = now();
      if (lowered !== null && (sentAt < lowered.at || at - lowered.at < INTERVAL_MS)) return false;
      // What may go out says nothing where much less did.
      const measured = Math.max(meter.perSecond(), LEAST_MEASURED);
      const refusedAt = Math.min(perSecond(), measured);
      lowered = lower(refusedAt, at, lowered, ceiling ?? Math.max(2 * measured, lowered?.restoredAt ?? 0));
      return true;
    },
  };
}

function lower(refusedAt: number, at: number, earlier: Lowered | null, restoredAt: number): Lowered {
  const from = Math.max(LEAST_PER_SECOND, refusedAt * DECREASE);
  // Refused at less than the last time, the store takes less than then: RFC 9438, 4.7, "fast convergence".
  const plateau = refusedAt < (earlier?.plateau ?? 0) ? (refusedAt * (1 + DECREASE)) / 2 : refusedAt;
  return { at, from, plateau: Math.max(from, plateau), restoredAt, climbsSince: null };
}

function climb({ from, plateau, climbsSince }: Lowered, now: number): number {
  if (climbsSince === null) return from;
  const secondsToPlateau = Math.cbrt((plateau - from) / CLIMB);
  return plateau + CLIMB * ((now - climbsSince) / 1000 - secondsToPlateau) ** 3;
}
