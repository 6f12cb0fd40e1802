import type { ProgressEvent } from "../../migrate/index.js";
import { formatCount } from "../../migrate/model/text.js";

type RateEvent = Extract<ProgressEvent, { kind: "rate" }>;

/** What calls of each kind may be sent a second, where that is less than they might. */
export type Slowed = Readonly<Partial<Record<RateEvent["access"], Pick<RateEvent, "perSecond" | "ceiling">>>>;

const ACCESS_WORDS: Readonly<Record<RateEvent["access"], string>> = { read: "reads", write: "writes" };

export function slowedBy(slowed: Slowed, { access, perSecond, ceiling }: RateEvent): Slowed {
  const { [access]: _, ...others } = slowed;
  return perSecond === ceiling ? others : { ...others, [access]: { perSecond, ceiling } };
}

/** As in "reads 400/s, writes 150/s of 300/s"; empty where nothing is slowed. */
export function slowedWords(slowed: Slowed): string {
  const accesses = Object.keys(ACCESS_WORDS) as RateEvent["access"][];
  const parts = accesses.flatMap((access) => {
    const { perSecond, ceiling } = slowed[access] ?? { perSecond: null, ceiling: null };
    if (perSecond === null) return [];
    const most = ceiling === null ? "" : ` of ${formatCount(ceiling)}/s`;
    return `${ACCESS_WORDS[access]} ${formatCount(perSecond)}/s${most}`;
  });
  return parts.join(", ");
}
