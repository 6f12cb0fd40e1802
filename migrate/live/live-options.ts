import { randomInt } from "node:crypto";
import { z } from "zod";
import type { ProviderId } from "../../providers/index.js";
import type { ComparedLine } from "../compare/compare-live.js";
import { UsageError } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import type { RunRecord } from "../journal/run-record.js";
import type { PublicKey } from "../keys/public-key.js";
import { wholeNumber } from "../options/fields.js";
import { isPlaceGiven, refuseUnvouchedPlace } from "../options/place.js";
import { type ResolvedOptions, resolveOptions } from "../options/resolve-options.js";
import type { MigrateOptions, RunOptions } from "../options/run-options.js";

/** How the store is reached, where that is not as the run itself reached it. */
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
   * Each of them must have signed the folder, whose endpoint they then vouch for. Credentials and customer keys go there by no other word than
   * theirs, or `endpoint` or `provider`.
   * @default none
   */
  readonly publicKeys?: readonly PublicKey[] | undefined;
  /**
   * How many lines of the report are drawn at random.
   * @default all of them
   */
  readonly sample?: number | string | undefined;
  /**
   * What they are drawn by: the same report and the same seed draw the same lines.
   * @default drawn itself, and told
   */
  readonly seed?: number | string | undefined;
  /**
   * Lists the run's scopes too, and counts the objects that the report does not know of.
   * @default false
   */
  readonly countNew?: boolean | undefined;
  /** Told of every line that is not as the report says, and waited for. */
  readonly onDifference?: ((line: ComparedLine) => void | Promise<void>) | undefined;
  readonly onEvent?: OnEvent | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ResolvedLive {
  readonly options: ResolvedOptions;
  readonly sample: number | null;
  readonly seed: number;
}

const sampling = z.object({
  sample: wholeNumber(1, 1_000_000_000).optional(),
  seed: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
});

/** What the run was kept to, by the names of its options. */
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

/** The place and the filters of the run, and whatever was given instead. Throws one UsageError with all problems. */
export async function resolveLive(runDir: string, run: RunRecord, given: VerifyLiveOptions): Promise<ResolvedLive> {
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
