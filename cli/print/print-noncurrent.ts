import type { Totals } from "../../migrate/index.js";
import { formatBytes, formatCount } from "../../migrate/model/text.js";
import {
  noncurrentClosingWords,
  VERSION_OUTCOME_KINDS,
  VERSION_OUTCOME_WORDS,
} from "../../migrate/report/noncurrent.js";

export interface NoncurrentPrint {
  readonly rows: readonly (readonly [label: string, first: string, second: string])[];
  readonly closing: string;
}

/** What was found of older versions; `undefined` where there is nothing to tell. */
export function noncurrentPrint({ noncurrent }: Totals): NoncurrentPrint | undefined {
  if (noncurrent === undefined) return undefined;
  const { listed, outcomes, replayed, deleteMarkers, refused } = noncurrent;
  if (listed + replayed.objects + deleteMarkers === 0 && refused === null) return undefined;
  const kinds = VERSION_OUTCOME_KINDS.filter((kind) => outcomes[kind].objects > 0);
  const tallies = [
    ...kinds.map((kind) => [VERSION_OUTCOME_WORDS[kind], outcomes[kind]] as const),
    ...(replayed.objects > 0 ? [["re-created encrypted", replayed] as const] : []),
  ];
  return {
    rows: [
      ["older versions", formatCount(listed), ""],
      ...tallies.map(
        ([words, { objects, bytes }]) => [`  ${words}`, formatCount(objects), formatBytes(bytes)] as const,
      ),
    ],
    closing: noncurrentClosingWords(noncurrent),
  };
}
