import { DEFAULT_ENCRYPTIONS } from "../journal/default-encryption.js";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import type { Reason } from "../plan/reason.js";
import { countOf, formatCount } from "./figures.js";
import type { Summary, Totals } from "./summary.js";
import { visibleText } from "./visible-text.js";

/** One statement for all the buckets that it is true of. */
interface BucketCaveat {
  /** `isLookedAt`: its noncurrent versions were listed. */
  readonly applies: (bucket: BucketFindings, isLookedAt: boolean) => boolean;
  readonly words: (buckets: string) => string;
}

const ENCRYPTING = DEFAULT_ENCRYPTIONS.filter((found) => found.startsWith("sse-") || found.startsWith("dsse-"));

const BUCKET_CAVEATS: readonly BucketCaveat[] = [
  {
    applies: ({ versioning }, isLookedAt) => ["enabled", "suspended"].includes(versioning) && !isLookedAt,
    words: (names) => `Older versions of objects, kept in ${names}: only current ones were looked at.`,
  },
  {
    applies: ({ versioning }, isLookedAt) => versioning === "unreadable" && !isLookedAt,
    words: (names) => `Older versions of objects, if ${names} keeps any: whether it does could not be read.`,
  },
  {
    applies: ({ openMultipartUploads }) => openMultipartUploads !== 0,
    words: (names) =>
      `Uploads begun before this run and still open in ${names}, or not to be listed: they may land unencrypted.`,
  },
  {
    applies: ({ defaultEncryption }) => !ENCRYPTING.includes(defaultEncryption.after),
    words: (names) =>
      `Objects yet to come: no default encryption was seen on ${names}, so they may arrive unencrypted.`,
  },
];

const MAX_NAMES = 5;

/** What a reader might take the run to have covered although it did not. Safe to print. */
export function caveats({ total, scopes }: Summary, run: RunRecord): readonly string[] {
  const { filteredOut, noncurrent } = total;
  const lookedAt = new Set(scopes.filter((scope) => scope.noncurrent !== undefined).map(({ bucket }) => bucket));
  const customerKeys = unopened(total);
  return [
    ...(filteredOut > 0 ? [`${countOf(filteredOut, "object")} left out by the filters of this run.`] : []),
    ...(customerKeys > 0
      ? [
          `The content of ${countOf(customerKeys, "object")} under a customer key (SSE-C), which the store does not keep, and which this run was not given.`,
        ]
      : []),
    ...(noncurrent && noncurrent.filteredOut > 0
      ? [`${countOf(noncurrent.filteredOut, "older version")} left out by the filters of this run.`]
      : []),
    ...(noncurrent?.refused
      ? [`Older versions of objects, which could not all be looked at: ${visibleText(noncurrent.refused)}.`]
      : []),
    ...BUCKET_CAVEATS.flatMap(({ applies, words }) => {
      const found = run.buckets.filter((bucket) => applies(bucket, lookedAt.has(bucket.bucket)));
      const names = found.map(({ bucket }) => visibleText(bucket));
      return names.length === 0 ? [] : [words(listed(names))];
    }),
  ];
}

/** Under a customer key, and not shown by any that the run was given. */
function unopened({ statesNow, reasons }: Totals): number {
  return OPENED.reduce((count, reason) => count - (reasons[reason]?.objects ?? 0), statesNow["sse-c"].objects);
}

const OPENED: readonly Reason[] = ["customer-key", "unencrypted-to-sse-c", "sse-c-to-other-key"];

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return more > 0 ? `${names.slice(0, MAX_NAMES).join(", ")} and ${formatCount(more)} more` : names.join(", ");
}
