import { RunError } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import type { RunFile } from "../journal/run-folder.js";
import type { BucketProbe } from "../journal/run-record.js";
import type { Capabilities } from "../model/capabilities.js";
import type { Scope } from "../model/scope.js";
import type { RunContext } from "../object/context.js";
import { capabilitiesSchema } from "../options/capabilities-file.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import { type FoundByProbe, findByProbe, type Probed } from "../probe/probe-bucket.js";
import { leftoverWords } from "../probe/words.js";
import type { ObjectStore } from "../store/object-store.js";
import { probeWarnings } from "./bucket-warnings.js";
import type { Canaries } from "./canaries.js";
import type { ThrowAways } from "./clean-up.js";
import { fatalWords } from "./describe-fatal.js";
import { type ProbeRefusal, probeRefusal } from "./probe-refusal.js";

interface ProbingTools {
  readonly options: ResolvedOptions;
  readonly scopes: readonly Scope[];
  /** Used for test objects. */
  readonly store: ObjectStore;
  readonly signal: AbortSignal | undefined;
  readonly runFile: RunFile;
  readonly throwAways: ThrowAways;
  /** Called as soon as a probe has shown all but what each way of copying keeps, unless no copy may be made. */
  readonly onPlannable: (bucket: string, soFar: Probed) => void;
  readonly onEvent: OnEvent;
}

/**
 * Probes each bucket once, when its first object is about to be planned, so a run with nothing to copy writes
 * nothing. The result is in run.json before any caller gets it, so a session that resumes the run need not
 * probe again. Rejects with a RunError for every waiting caller if no copy may be made.
 */
export function bucketCapabilities(tools: ProbingTools): RunContext["capabilitiesOf"] {
  const asked = new Map<string, Promise<Capabilities>>();
  return (bucket) => {
    const known = asked.get(bucket) ?? find(bucket, tools);
    asked.set(bucket, known);
    return known;
  };
}

async function find(bucket: string, tools: ProbingTools): Promise<Capabilities> {
  const { runFile, onEvent } = tools;
  const earlier = runFile.current().buckets.find((known) => known.bucket === bucket)?.capabilities;
  // A record of another version may lack capabilities that this version plans from.
  const stillKnown = capabilitiesSchema.safeParse(earlier?.values);
  if (stillKnown.success) return stillKnown.data;
  const { found, ended } = await probeOf(bucket, tools);
  const isRefused = refusalOf(bucket, found, tools) !== null;
  // A refusal names what is left too.
  const probed = isRefused ? await ended : found;
  const refusal = isRefused ? refusalOf(bucket, probed, tools) : null;
  if (!isRefused) tools.throwAways.removeBeside(ended.then((known) => noteLeft(bucket, known, tools)));
  const probe = recordOf(probed);
  const from = probed.obstacle === null ? "probe" : "documents";
  const left = probed.leftovers.map((leftover) => leftoverWords(bucket, leftover));
  const warnings = [...probe.warnings, ...left];
  await runFile.note(bucket, () => ({
    probe,
    warnings,
    // After a refusal a resumed session probes again.
    ...(refusal === null && { capabilities: { from, values: { ...probed.capabilities } } }),
  }));
  if (refusal !== null) {
    const ofLocation = refusal.because === "store" && !isCutShort(probed) ? "no-copies" : undefined;
    throw new RunError([refusal.words, ...left].join("; "), { because: refusal.because, ofLocation });
  }
  onEvent({ kind: "probed", bucket, from, capabilities: probed.capabilities, warnings });
  return probed.capabilities;
}

/** A run goes on while its test objects are deleted. */
async function noteLeft(bucket: string, probed: Probed, { runFile, onEvent }: ProbingTools): Promise<void> {
  const left = probed.leftovers.map((leftover) => leftoverWords(bucket, leftover));
  if (left.length === 0) return;
  for (const warning of left) onEvent({ kind: "bucket-warning", bucket, warning });
  await runFile.note(bucket, () => ({ probe: recordOf(probed), warnings: left }));
}

/** The bucket did not cause the interruption, so other buckets would fail too. */
function isCutShort({ end, cutOffBy }: Probed): boolean {
  return end === "interrupted" || cutOffBy !== null;
}

function probeOf(bucket: string, tools: ProbingTools): Promise<FoundByProbe> {
  const { options, scopes, store, signal, throwAways, onPlannable } = tools;
  // The permissions of the run may be limited to its scope.
  const prefix = scopes.find((scope) => scope.bucket === bucket)?.prefix ?? "";
  const onWriting = (folder: string) => throwAways.begin(bucket, folder);
  const { onUpload } = throwAways;
  const onFindings = (soFar: Probed) => {
    if (refusalOf(bucket, soFar, tools) === null) onPlannable(bucket, soFar);
  };
  return findByProbe(
    { bucket, prefix, provider: options.provider },
    { store, signal, onWriting, onUpload, onFindings },
  );
}

function refusalOf(bucket: string, probed: Probed, { options, runFile }: ProbingTools): ProbeRefusal | null {
  if (probed.end === "interrupted") {
    return { because: "store", words: `the probe of bucket "${bucket}" was interrupted` };
  }
  if (probed.cutOffBy !== null) return { because: "store", words: fatalWords(probed.cutOffBy, options, bucket) };
  const refusal = probeRefusal(bucket, probed, options.policy);
  // The probe precedes the first copy of a session. The journal has the copies of earlier sessions.
  if (refusal === null || runFile.current().sessions.length > 1) return refusal;
  return { ...refusal, words: `${refusal.words}; no object in the bucket was changed` };
}

function recordOf(probed: Probed): BucketProbe {
  const { folder, probedAt, obstacle, findings, missingRights, leftovers } = probed;
  return {
    folder,
    probedAt,
    obstacle: obstacle && {
      ...obstacle,
      evidence: obstacle.evidence && { ...obstacle.evidence },
      missingRights: [...obstacle.missingRights],
    },
    findings: findings.map((answer) => ({ ...answer })),
    missingRights: [...missingRights],
    leftovers: leftovers.map((leftover) => ({ ...leftover })),
    warnings: probeWarnings(probed),
  };
}

const OWNER_UNKNOWN =
  "the owner of copies is not known, because no test object was written: another account or user may lose access to an object that it owns";

/**
 * Determines who owns the copies of this run: from the canary of this session, else from a probe. If neither
 * shows the owner and the store has access control lists, a warning of the bucket says so before its first
 * copy.
 */
export function ownerOfWrites(
  canary: Canaries["before"] | null,
  capabilitiesOf: RunContext["capabilitiesOf"],
  { runFile, onEvent }: { readonly runFile: RunFile; readonly onEvent: OnEvent },
): RunContext["beforeCopy"] {
  const warned = new Map<string, Promise<void>>();
  const warn = (bucket: string) => {
    onEvent({ kind: "bucket-warning", bucket, warning: OWNER_UNKNOWN });
    return runFile.note(bucket, () => ({ warnings: [OWNER_UNKNOWN] }));
  };
  return async (bucket, strategy, sourceKey) => {
    const seen = canary === null ? null : await canary(bucket, strategy, sourceKey);
    // This comes last, because the canary may have shown what this way loses.
    const capabilities = await capabilitiesOf(bucket);
    const owner = seen ?? capabilities.ownerOfWrites;
    if (owner === null && capabilities.objectAcl) {
      const noted = warned.get(bucket) ?? warn(bucket);
      warned.set(bucket, noted);
      await noted;
    }
    // The same object as the plan used, if nothing is new.
    return owner === capabilities.ownerOfWrites ? capabilities : { ...capabilities, ownerOfWrites: owner };
  };
}
