import { compareLive, isUnencrypted, LIVE_KINDS, type LiveCheck, type LiveKind } from "../compare/compare-live.js";
import { countExpectedLines, type ExpectedLine, expectedLines, isVersionedIn } from "../compare/expected-objects.js";
import { countNew, createDraw, lookAgain } from "../compare/look-again.js";
import { RunError } from "../errors.js";
import { readRunRecord } from "../journal/run-folder.js";
import { indexScopes } from "../model/scope.js";
import { forEachBounded } from "../object/for-each-bounded.js";
import { connect } from "../run/connect.js";
import { fatalWords, meetBuckets } from "../run/meet-buckets.js";
import { nameOf } from "../run/sights.js";
import { resolveLive, type VerifyLiveOptions } from "./live-options.js";

/**
 * Goes back to the bucket, with read rights only, and compares it with a report. Whether the report itself is as its run left it is for
 * `checkRun` to say.
 *
 * @throws UsageError when options cannot be used: all of them together, before anything is asked
 * @throws RunError when a bucket cannot be read at all
 */
export async function verifyLive(runDir: string, given: VerifyLiveOptions = {}): Promise<LiveCheck> {
  const run = await readRunRecord(runDir);
  const { options, sample, seed } = await resolveLive(runDir, run, given);
  const { signal, onEvent = () => undefined } = given;
  const lines = await countExpectedLines(runDir);
  const drawn = sample !== null && sample < lines ? { lines: sample, seed } : null;
  const connection = connect({ ...options, readOnly: true, signal, onEvent });
  const { store, lost } = connection;
  const reading = { store, capabilities: options.capabilities.values, keys: options.keys };
  const isVersioned = isVersionedIn(run);
  const results = Object.fromEntries(LIVE_KINDS.map((kind) => [kind, 0])) as Record<LiveKind, number>;
  let unencrypted = 0;
  let isSeen = (_line: ExpectedLine) => true;
  const compare = async (one: ExpectedLine) => {
    const { expected, segment, line } = one;
    if (!isSeen(one)) {
      // Its location is told of once.
      results.unread += 1;
      return;
    }
    const look = await lookAgain(expected, reading);
    // A failure under an interruption may be its doing.
    if (look.kind === "unread" && (signal?.aborted || lost.aborted)) return;
    const { kind, detail, now } = compareLive(expected, look, isVersioned(expected.bucket));
    results[kind] += 1;
    const isPlain = isUnencrypted(expected, now);
    if (isPlain) unencrypted += 1;
    if (kind === "same" && !isPlain) return;
    const { bucket, key, versionId, seen: said } = expected;
    const place = { bucket, key, versionId, segment, line };
    await given.onDifference?.({ kind, ...place, detail, unencrypted: isPlain, said, found: now });
  };
  try {
    const { scopes, unseen } = await meetBuckets(options, connection, { signal });
    const index = indexScopes(scopes, (scope) => unseen.get(nameOf(scope)));
    isSeen = ({ expected: { bucket, key } }) => index.owner(bucket, key) === undefined;
    const stop = AbortSignal.any([lost, ...(signal ? [signal] : [])]);
    await forEachBounded(drawLines(runDir, lines, drawn), options.concurrency, compare, stop);
    if (lost.aborted) throw new RunError(fatalWords(lost.reason, options, null));
    const isCounted = given.countNew === true && !signal?.aborted;
    const newObjects = isCounted
      ? await countNew(runDir, run, {
          filters: options.filters,
          scopes: index.all.flatMap(([scope, why]) => (why ? [] : scope)),
          store,
          signal,
        })
      : null;
    const notSeen = index.all.flatMap(([scope, why]) => (why ? [{ ...scope, ...why }] : []));
    const end = signal?.aborted ? "interrupted" : "complete";
    return { endpoint: options.endpoint, lines, sample: drawn, results, unencrypted, notSeen, newObjects, end };
  } finally {
    connection.close();
  }
}

async function* drawLines(runDir: string, total: number, sample: LiveCheck["sample"]): AsyncGenerator<ExpectedLine> {
  const isDrawn = sample === null ? () => true : createDraw({ total, count: sample.lines, seed: sample.seed });
  for await (const expected of expectedLines(runDir)) if (isDrawn()) yield expected;
}
