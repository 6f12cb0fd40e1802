const SLOTS = 10;
const SLOT_MS = 100;

export interface SendMeter {
  sent(): void;
  /** How many went out in the last second. */
  perSecond(): number;
}

/** Counts what goes out, in tenths of a second: a time for each of thousands would be too many. */
export function createSendMeter(now: () => number): SendMeter {
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
