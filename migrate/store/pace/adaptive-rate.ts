/** The most that one second of refusals takes from the rate. */
const MOST_DECREASE = 0.5;
/** Stores count by the second: what they refuse within one is one refusal. */
const INTERVAL_MS = 1000;
const LEAST_PER_SECOND = 1;
/** So little traffic says nothing of what the store can take: it is not measured by. */
const LEAST_MEASURED = 100;
/** In requests a second, a cubic second: the AWS SDKs climb as fast in their adaptive mode. */
const CLIMB = 0.4;

/** What came of the requests since the first refusal. */
interface Interval {
  readonly since: number;
  settled: number;
  refused: number;
}

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

interface AdaptiveRate {
  /** Requests a second that may go out now; `Infinity` for any number. */
  perSecond(): number;
  sent(): void;
  /** Tells what came of a request that went out at this time. Says whether the rate was lowered. */
  settled(sentAt: number, as: "answered" | "refused"): boolean;
}

/**
 * A rate that finds what a store takes. After a second with refusals it falls to the share that was taken, and to a half at
 * most: a store that is overrun is left alone soon, and one connection in a hundred that breaks by itself costs little.
 * It climbs back as RFC 9438 (CUBIC) does: fast to near where it was refused, slowly there, then faster and faster.
 * Without a ceiling it begins unlimited and falls from what was measured.
 */
export function adaptiveRate(ceiling: number | null, now: () => number): AdaptiveRate {
  const most = ceiling ?? Number.POSITIVE_INFINITY;
  const meter = createSendMeter(now);
  let lowered: Lowered | null = null;
  let interval: Interval | null = null;
  const perSecond = () => {
    if (lowered === null) return most;
    const rate = climb(lowered, now());
    if (rate < lowered.restoredAt) return rate;
    lowered = null;
    return most;
  };
  const fall = (share: number) => {
    // What may go out says nothing where much less did.
    const measured = Math.max(meter.perSecond(), LEAST_MEASURED);
    const refusedAt = Math.min(perSecond(), measured);
    const from = Math.max(LEAST_PER_SECOND, refusedAt * (1 - Math.min(MOST_DECREASE, share)));
    // Refused at less than the last time, the store takes less than then: RFC 9438, 4.7, "fast convergence".
    const plateau = refusedAt < (lowered?.plateau ?? 0) ? (refusedAt + from) / 2 : refusedAt;
    const restoredAt = ceiling ?? Math.max(2 * measured, lowered?.restoredAt ?? 0);
    lowered = { at: now(), from, plateau: Math.max(from, plateau), restoredAt, climbsSince: null };
  };
  const settled: AdaptiveRate["settled"] = (sentAt, as) => {
    // What was under way when the rate fell has had its say.
    if (lowered !== null && sentAt < lowered.at) return false;
    if (lowered !== null && as === "answered") lowered.climbsSince ??= now();
    if (interval === null && as === "answered") return false;
    interval ??= { since: now(), settled: 0, refused: 0 };
    interval.settled += 1;
    if (as === "refused") interval.refused += 1;
    if (now() - interval.since < INTERVAL_MS) return false;
    fall(interval.refused / interval.settled);
    interval = null;
    return true;
  };
  return { perSecond, sent: meter.sent, settled };
}

function climb({ from, plateau, climbsSince }: Lowered, now: number): number {
  if (climbsSince === null) return from;
  const secondsToPlateau = Math.cbrt((plateau - from) / CLIMB);
  return plateau + CLIMB * ((now - climbsSince) / 1000 - secondsToPlateau) ** 3;
}

const TELL_EVERY_MS = 1000;

interface RateTeller {
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

const SLOTS = 10;
const SLOT_MS = 100;

interface SendMeter {
  sent(): void;
  /** How many went out in the last second. */
  perSecond(): number;
}

/** Counts what goes out, in tenths of a second: a time for each of thousands would be too many. */
function createSendMeter(now: () => number): SendMeter {
  const counts = new Array<number>(SLOTS).fill(0);
  let latest = Math.floor(now() / SLOT_MS);
  const forget = () => {
    const slot = Math.floor(now() / SLOT_MS);
    for (let old = Math.max(latest + 1, slot - SLOTS + 1); old <= slot; old += 1) counts[old % SLOTS] = 0;
    latest = slot;
    return slot % SLOTS;
  };
  return {
    sent: () => {
      const slot = forget();
      counts[slot] = (counts[slot] ?? 0) + 1;
    },
    perSecond: () => {
      forget();
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}
