import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import { isEncrypting } from "../model/encryption.js";
import { countOf, visibleText } from "../model/text.js";
import { bucketNames } from "./bucket-names.js";
import { givenFileCaveats } from "./given-file-words.js";
import { defaultNow, uploadsBefore } from "./remains/upload-remains.js";
import type { Summary } from "./summary.js";

/** One statement for all the buckets that it is true of. */
interface BucketCaveat {
  /** `isLookedAt`: its noncurrent versions were listed. */
  readonly applies: (bucket: BucketFindings, isLookedAt: boolean) => boolean;
  readonly words: (buckets: string) => string;
}

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
    applies: (bucket) => uploadsBefore(bucket) === null,
    words: (names) => `Uploads begun before this run and still open in ${names}: they could not be listed.`,
  },
  {
    applies: (bucket) => !isEncrypting(defaultNow(bucket)) && defaultNow(bucket) !== "none",
    words: (names) =>
      `Objects yet to come: whether ${names} would encrypt them could not be seen, so they may arrive unencrypted.`,
  },
  {
    applies: (bucket) => ![bucket.defaultEncryption.after, "unreadable"].includes(defaultNow(bucket)),
    words: (names) => `The default encryption of ${names} changed while this run went on, and not by its doing.`,
  },
  {
    applies: ({ policy, lifecycle, replication }) =>
      [policy, lifecycle, replication].some((found) => found?.kind === "unreadable"),
    words: (names) => `The policy, lifecycle or replication rules of ${names}: not all of them could be read.`,
  },
];

/** What a reader might take the run to have covered although it did not. Safe to print. */
export function caveats({ total, scopes }: Summary, run: RunRecord): readonly string[] {
  const { filteredOut, noncurrent } = total;
  const lookedAt = new Set(scopes.filter((scope) => scope.noncurrent !== undefined).map(({ bucket }) => bucket));
  return [
    ...givenFileCaveats(total, run),
    ...(filteredOut > 0 ? [`${countOf(filteredOut, "object")} left out by the filters of this run.`] : []),
    ...(noncurrent && noncurrent.filteredOut > 0
      ? [`${countOf(noncurrent.filteredOut, "older version")} left out by the filters of this run.`]
      : []),
    ...(noncurrent?.refused
      ? [`Older versions of objects, which could not all be looked at: ${visibleText(noncurrent.refused)}.`]
      : []),
    ...BUCKET_CAVEATS.flatMap(({ applies, words }) => {
      const found = run.buckets.filter((bucket) => applies(bucket, lookedAt.has(bucket.bucket)));
      return found.length === 0 ? [] : [words(bucketNames(found))];
    }),
  ];
}
