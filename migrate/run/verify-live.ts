import { randomInt } from "node:crypto";
import { z } from "zod";
import type { ProviderId } from "../../providers/index.js";
import type { ComparedLine, LiveCheck } from "../compare/compare-live.js";
import { countExpectedLines, type ExpectedLine, expectedLines, isVersionedIn } from "../compare/expected-objects.js";
import { countNew, createComparison, createDraw } from "../compare/look-again.js";
import { RunError, UsageError } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import { readRunRecord } from "../journal/run-folder.js";
import type { RunRecord } from "../journal/run-record.js";
import type { PublicKey } from "../keys/public-key.js";
import { indexScopes } from "../model/scope.js";
import { forEachBounded } from "../object/room.js";
import { wholeNumber } from "../options/declaration.js";
import { isPlaceGiven, refuseUnvouchedPlace } from "../options/place.js";
import { type ResolvedOptions, resolveOptions } from "../options/resolve-options.js";
import type { MigrateOptions, RunOptions } from "../options/run-options.js";
import { checkAccess } from "./check-access.js";
import { fatalWords } from "./describe-fatal.js";
import { nameOf } from "./sights.js";

/**
 * Reads the bucket again, with read permissions only, and compares it with a report. `checkRun` verifies the
 * report itself.
 *
 * @throws UsageError if options cannot be used: all of them together, before any request
 * @throws RunError if a bucket cannot be read at all
 */
export async function verifyLive(runDir: string, given: VerifyLiveOptions = {}): Promise<LiveCheck> {
  const run = await readRunRecord(runDir);
  const { options, sample, seed } = await resolveLive(runDir, run, given);
  const { signal, onEvent = () => undefined } = given;
  const lines = await countExpectedLines(runDir);
  const drawn = sample !== null && sample < lines ? { lines: sample, seed } : null;
  const { connect } = await import("./connect.js");
  const connection = connect({ ...options, readOnly: true, signal, onEvent });
  const { store, lost } = connection;
  try {
    const { scopes, unseen } = await checkAccess(options, connection, { signal, onEvent });
    const index = indexScopes(scopes, (scope) => unseen.get(nameOf(scope)));
    const stop = AbortSignal.any([lost, ...(signal ? [signal] : [])]);
    const { compare, results, unencrypted } = createComparison({
      reading: { store, capabilities: options.capabilities.values, keys: options.keys },
      isVersioned: isVersionedIn(run),
      isSeen: ({ expected: { bucket, key } }) => index.owner(bucket, key) === undefined,
      isStopped: () => stop.aborted,
      onDifference: given.onDifference,
    });
    await forEachBounded(drawLines(runDir, lines, drawn), connection.openRoom(), compare, stop);
    if (lost.aborted) throw new RunError(fatalWords(lost.reason, options, null));
    const isCounted = given.countNew === true && !signal?.aborted;
    const seen = index.all.flatMap(([scope, why]) => (why ? [] : scope));
    const newObjects = isCounted
      ? await countNew(runDir, run, { filters: options.filters, scopes: seen, store, signal })
      : null;
    const notSeen = index.all.flatMap(([scope, why]) => (why ? [{ ...scope, ...why }] : []));
    const end = signal?.aborted ? "interrupted" : "complete";
    const { endpoint } = options;
    return { endpoint, lines, sample: drawn, results, unencrypted: unencrypted(), notSeen, newObjects, end };
  } finally {
    connection.close();
  }
}

async function* drawLines(runDir: string, total: number, sample: LiveCheck["sample"]): AsyncGenerator<ExpectedLine> {
  const isDrawn = sample === null ? () => true : createDraw({ total, count: sample.lines, seed: sample.seed });
  for await (const expected of expectedLines(runDir)) if (isDrawn()) yield expected;
}

/** How to reach the store, if it differs from the run itself. */
type Where = Pick<
  RunOptions,
  | "endpoint"
  | "region"
  | "pathStyle"
  | "credentials"
  | "profile"
  | "network"
  | "expectedBucketOwner"
  | "requesterPays"
  | "concurrency"
  | "readsPerSecond"
>;

export interface VerifyLiveOptions extends Where, Pick<MigrateOptions, "ssecKeyFile" | "provider"> {
  /**
   * Each of these keys must have signed the folder, and they then vouch for its endpoint. Only they,
   * `endpoint` or `provider` decide where credentials and customer keys are sent.
   * @default none
   */
  readonly publicKeys?: readonly PublicKey[] | undefined;
  /**
   * The number of report lines to draw at random.
   * @default all of them
   */
  readonly sample?: number | string | undefined;
  /**
   * The seed of the sample. The same report and seed select the same lines.
   * @default drawn at random, and reported
   */
  readonly seed?: number | string | undefined;
  /**
   * Also lists the run's scopes, and counts the objects that the report does not contain.
   * @default false
   */
  readonly countNew?: boolean | undefined;
  /** Called for every line that differs from the report, and awaited. */
  readonly onDifference?: ((line: ComparedLine) => void | Promise<void>) | undefined;
  readonly onEvent?: OnEvent | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface ResolvedLive {
  readonly options: ResolvedOptions;
  readonly sample: number | null;
  readonly seed: number;
}

const sampling = z.object({
  sample: wholeNumber(1, 1_000_000_000).optional(),
  seed: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
});

/** The options that limit the objects of the run. */
const OF_THE_RUN = [
  "pathStyle",
  "expectedBucketOwner",
  "requesterPays",
  "include",
  "exclude",
  "minSize",
  "maxSize",
  "modifiedBefore",
  "modifiedAfter",
  "storageClasses",
] as const;

/**
 * The place and filters of the run, and the options that replace them. Throws one UsageError with all
 * problems.
 */
async function resolveLive(runDir: string, run: RunRecord, given: VerifyLiveOptions): Promise<ResolvedLive> {
  const { publicKeys = [], ...options } = given;
  await refuseUnvouchedPlace(runDir, run, { given, publicKeys });
  return resolveGiven(run, options);
}

async function resolveGiven(run: RunRecord, given: Omit<VerifyLiveOptions, "publicKeys">): Promise<ResolvedLive> {
  const {
    sample,
    seed,
    countNew: _count,
    onDifference: _onDifference,
    onEvent: _onEvent,
    signal: _signal,
    ...where
  } = given;
  const parsed = sampling.safeParse({ sample, seed });
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `--${path.join(".")}: ${message}`);
  const locations = run.scopes.map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`);
  const ofRun = Object.fromEntries(OF_THE_RUN.map((name) => [name, run.options[name]]));
  const ofPlace = { provider: run.provider as ProviderId, region: run.region };
  const place = isPlaceGiven(given) ? ofPlace : { ...ofPlace, endpoint: run.endpoint };
  const overrides = Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined));
  const options = await resolveOptions({ ...ofRun, ...place, ...overrides, locations }).catch((error: unknown) => {
    throw error instanceof UsageError ? new UsageError([...problems, ...error.problems]) : error;
  });
  if (!parsed.success) throw new UsageError(problems);
  return { options, sample: parsed.data.sample ?? null, seed: parsed.data.seed ?? randomInt(2 ** 32) };
}
