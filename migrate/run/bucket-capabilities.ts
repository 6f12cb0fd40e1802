import { RunError, type RunErrorBecause } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import type { RunFile } from "../journal/run-folder.js";
import type { BucketProbe } from "../journal/run-record.js";
import type { Capabilities } from "../model/capabilities.js";
import type { Loss } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import type { Scope } from "../model/scope.js";
import type { RunContext } from "../object/context.js";
import { capabilitiesSchema } from "../options/capabilities-file.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { Answer, NotObservable, Topic } from "../probe/answer.js";
import type { Obstacle } from "../probe/may-write.js";
import { type Probed, probeBucket } from "../probe/probe-bucket.js";
import { leftoverWords, NOT_OBSERVABLE_WORDS } from "../probe/words.js";
import type { ObjectStore } from "../store/object-store.js";
import { probeWarnings } from "./bucket-warnings.js";
import type { Canaries } from "./canaries.js";
import type { ThrowAways } from "./clean-up.js";
import { fatalWords } from "./find-buckets.js";

interface ProbingTools {
  readonly options: ResolvedOptions;
  readonly scopes: readonly Scope[];
  /** For throw-away objects. */
  readonly store: ObjectStore;
  readonly signal: AbortSignal | undefined;
  readonly runFile: RunFile;
  readonly throwAways: ThrowAways;
  readonly onEvent: OnEvent;
}

/**
 * Probes each bucket once, when its first object is about to be planned: a run with nothing to copy writes nothing. What
 * was found stands in run.json before anybody is told, so that a session that goes on with the run need not ask again.
 * Rejects with a RunError for everybody who waits, where no copy may be made.
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
  // What another version wrote may lack what this one plans from.
  const stillKnown = capabilitiesSchema.safeParse(earlier?.values);
  if (stillKnown.success) return stillKnown.data;
  const probed = await probeOf(bucket, tools);
  const probe = recordOf(probed);
  const refusal = refusalOf(bucket, probed, tools);
  const from = probed.obstacle === null ? "probe" : "documents";
  const left = probed.leftovers.map((leftover) => leftoverWords(bucket, leftover));
  const warnings = [...probe.warnings, ...left];
  await runFile.note(bucket, (known) => ({
    probe,
    warnings: [...known.warnings, ...warnings],
    // After a refusal a session that goes on asks again.
    ...(refusal === null && { capabilities: { from, values: { ...probed.capabilities } } }),
  }));
  if (refusal !== null) {
    const ofLocation = refusal.because === "store" && !isCutShort(probed) ? "no-copies" : undefined;
    throw new RunError([refusal.words, ...left].join("; "), { because: refusal.because, ofLocation });
  }
  onEvent({ kind: "probed", bucket, from, capabilities: probed.capabilities, warnings });
  return probed.capabilities;
}

/** Not by the bucket's doing: the other ones would fare no better. */
function isCutShort({ end, cutOffBy }: Probed): boolean {
  return end === "interrupted" || cutOffBy !== null;
}

function probeOf(bucket: string, { options, scopes, store, signal, throwAways }: ProbingTools): Promise<Probed> {
  // The rights of the run may end where its scope does.
  const prefix = scopes.find((scope) => scope.bucket === bucket)?.prefix ?? "";
  const onWriting = (folder: string) => throwAways.begin(bucket, folder);
  const { onUpload } = throwAways;
  return probeBucket({ bucket, prefix, provider: options.provider }, { store, signal, onWriting, onUpload });
}

function refusalOf(bucket: string, probed: Probed, { options, runFile }: ProbingTools): ProbeRefusal | null {
  if (probed.end === "interrupted") {
    return { because: "store", words: `the probe of bucket "${bucket}" was interrupted` };
  }
  if (probed.cutOffBy !== null) return { because: "store", words: fatalWords(probed.cutOffBy, options, bucket) };
  const refusal = probeRefusal(bucket, probed, options.policy);
  // The probe goes before the first copy of a session; what earlier ones did is in the journal.
  if (refusal === null || runFile.current().sessions.length > 1) return refusal;
  return { ...refusal, words: `${refusal.words}; no object of the bucket was touched` };
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

/** After these the rights of the run are in doubt; the other obstacles are the bucket's own, and a run goes on without. */
const ENDS_THE_RUN: ReadonlySet<NotObservable> = new Set([
  "no-right-to-write",
  "no-right-to-delete",
  "versions-unlistable",
  "first-object-failed",
]);

/** Nothing that a copy needs: a right that is missing there is told by the probe alone. */
const NOT_NEEDED: ReadonlySet<Topic> = new Set([
  "versioning",
  "object-lock",
  "default-encryption",
  "listing-encoding",
  "storage-class-after-copy",
  "storage-class-sent-with-copy",
  // Made of calls whose rights the others have asked for.
  "kept-by-copy",
  "kept-by-copy-replacing",
  "kept-by-copy-in-parts",
  "kept-by-rewrite",
]);

/** What is lost without the rights that these ask for, and may be given up. */
const GIVEN_UP_AS: Readonly<Partial<Record<Topic, Loss>>> = {
  "object-tagging": "tags",
  "tags-counted": "tags",
  "tags-after-copy": "tags",
  "tagging-header-on-put": "tags",
  "tagging-header-on-upload": "tags",
  "owner-of-writes": "acl",
  "object-acl": "acl",
  "grant-form": "acl",
  "acl-sent-with-put": "acl",
  "acl-sent-with-upload": "acl",
  "acl-after-copy": "acl",
  "acl-sent-with-copy": "acl",
};

const WAY_OUT = "or give --assume documented, to plan from what the provider documents and probe nothing";

interface ProbeRefusal {
  readonly because: RunErrorBecause;
  readonly words: string;
}

/** Why no object of the bucket may be copied after this probe, and what to do; `null` if they may. Pure. */
function probeRefusal(
  bucket: string,
  probed: Probed,
  { acceptLoss, target }: Pick<Policy, "acceptLoss" | "target">,
): ProbeRefusal | null {
  const { obstacle, findings, capabilities } = probed;
  if (obstacle !== null && ENDS_THE_RUN.has(obstacle.because))
    return { because: "store", words: obstacleWords(bucket, obstacle, probed) };
  if (findings.some(({ topic, kind }) => topic === "body-after-copy" && kind === "no")) {
    const words = `the store of bucket "${bucket}" corrupts what it copies onto itself: a throw-away object could not be read back`;
    return { because: "canary", words };
  }
  // Nothing will be copied there, for that reason and no other.
  if (target.lacks(capabilities) !== null) return null;
  const open = findings.filter((answer) => isOpen(answer, acceptLoss));
  const rights = [...new Set(open.flatMap(rightsOf))].sort();
  if (rights.length === 0) return null;
  const losses = [...new Set(open.flatMap(({ topic }) => GIVEN_UP_AS[topic] ?? []))].sort();
  const orLose = losses.length === 0 ? "" : `accept the loss with --accept-loss ${losses.join(",")}, `;
  const words = `in bucket "${bucket}" rights are missing that copies need, ${oneOf(rights)}: grant them, ${orLose}${WAY_OUT}`;
  return { because: "store", words };
}

function obstacleWords(bucket: string, { because, evidence }: Obstacle, { missingRights }: Probed): string {
  const answer = evidence === null ? "" : ` (${evidence.operation}: ${evidence.code ?? evidence.status})`;
  const needed = missingRights.length === 0 ? "" : `, which needs ${oneOf(missingRights)}`;
  return `bucket "${bucket}" cannot be probed: ${NOT_OBSERVABLE_WORDS[because]}${answer}${needed}: grant that, ${WAY_OUT}`;
}

/** A right is missing, and what it is for was not given up. */
function isOpen(answer: Answer, acceptLoss: readonly Loss[]): boolean {
  const loss = GIVEN_UP_AS[answer.topic];
  const isNeeded = !NOT_NEEDED.has(answer.topic) && (loss === undefined || !acceptLoss.includes(loss));
  return isNeeded && rightsOf(answer).length > 0;
}

function rightsOf(answer: Answer): readonly string[] {
  return answer.kind === "failed" ? answer.missingRights : [];
}

function oneOf(rights: readonly string[]): string {
  return rights.length === 1 ? rights.join() : `one or more of ${rights.join(", ")}`;
}

const OWNER_UNKNOWN =
  "whose the copies are could not be told, since no throw-away object was written: what belongs to another account or user may be closed to it after its copy";

/**
 * Whose this run's copies are: by the canary of this very session, or else by a probe. Where neither tells, and the store
 * has access control lists, the bucket's warnings say so before its first copy.
 */
export function ownerOfWrites(
  canary: Canaries["before"] | null,
  capabilitiesOf: RunContext["capabilitiesOf"],
  { runFile, onEvent }: { readonly runFile: RunFile; readonly onEvent: OnEvent },
): RunContext["beforeCopy"] {
  const warned = new Map<string, Promise<void>>();
  const warn = (bucket: string) => {
    onEvent({ kind: "bucket-warning", bucket, warning: OWNER_UNKNOWN });
    return runFile.note(bucket, ({ warnings }) => ({ warnings: [...new Set([...warnings, OWNER_UNKNOWN])] }));
  };
  return async (bucket, strategy, sourceKey) => {
    const seen = canary === null ? null : await canary(bucket, strategy, sourceKey);
    // Asked afterwards: the canary may have shown what this way loses.
    const capabilities = await capabilitiesOf(bucket);
    const owner = seen ?? capabilities.ownerOfWrites;
    if (owner === null && capabilities.objectAcl) {
      const noted = warned.get(bucket) ?? warn(bucket);
      warned.set(bucket, noted);
      await noted;
    }
    return { ...capabilities, ownerOfWrites: owner };
  };
}
