import type { RunErrorBecause } from "../errors.js";
import type { Loss } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import type { Answer, NotObservable, Topic } from "../probe/answer.js";
import type { Obstacle } from "../probe/may-write.js";
import type { Probed } from "../probe/probe-bucket.js";
import { NOT_OBSERVABLE_WORDS } from "../probe/words.js";

/**
 * After these obstacles the permissions of the run are in doubt. Other obstacles belong to the bucket, and a
 * run continues.
 */
const ENDS_THE_RUN: ReadonlySet<NotObservable> = new Set([
  "no-right-to-write",
  "no-right-to-delete",
  "versions-unlistable",
  "first-object-failed",
]);

/** No copy needs these topics, so only the probe reports a missing permission for them. */
const NOT_NEEDED: ReadonlySet<Topic> = new Set([
  "versioning",
  "object-lock",
  "default-encryption",
  "listing-encoding",
  "storage-class-after-copy",
  "storage-class-sent-with-copy",
  // It uses only calls whose permissions the other topics have checked.
  "kept-by-copy",
  "kept-by-copy-replacing",
  "kept-by-copy-in-parts",
  "kept-by-rewrite",
]);

/** The losses that occur without the permissions for these topics, and that the caller may accept. */
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

const WAY_OUT = "or give --assume documented to plan from the provider's documentation without probing";

export interface ProbeRefusal {
  readonly because: RunErrorBecause;
  readonly words: string;
}

/** Why no object of the bucket may be copied after this probe, and what to do; `null` if they may. Pure. */
export function probeRefusal(
  bucket: string,
  probed: Probed,
  { acceptLoss, target }: Pick<Policy, "acceptLoss" | "target">,
): ProbeRefusal | null {
  const { obstacle, findings, capabilities } = probed;
  if (obstacle !== null && ENDS_THE_RUN.has(obstacle.because))
    return { because: "store", words: obstacleWords(bucket, obstacle, probed) };
  if (findings.some(({ topic, kind }) => topic === "body-after-copy" && kind === "no")) {
    const words = `the store of bucket "${bucket}" corrupts objects that are copied onto themselves: a test object could not be read back`;
    return { because: "canary", words };
  }
  // The missing encryption is the only reason that nothing will be copied there.
  if (target.lacks(capabilities) !== null) return null;
  const open = findings.filter((answer) => isOpen(answer, acceptLoss));
  const rights = [...new Set(open.flatMap(rightsOf))].sort();
  if (rights.length === 0) return null;
  const losses = [...new Set(open.flatMap(({ topic }) => GIVEN_UP_AS[topic] ?? []))].sort();
  const orLose = losses.length === 0 ? "" : `accept the loss with --accept-loss ${losses.join(",")}, `;
  const words = `the credentials lack permissions that copies need in bucket "${bucket}" (${oneOf(rights)}): grant them, ${orLose}${WAY_OUT}`;
  return { because: "store", words };
}

function obstacleWords(bucket: string, { because, evidence }: Obstacle, { missingRights }: Probed): string {
  const answer = evidence === null ? "" : ` (${evidence.operation}: ${evidence.code ?? evidence.status})`;
  const needed = missingRights.length === 0 ? "" : `, which needs ${oneOf(missingRights)}`;
  return `bucket "${bucket}" cannot be probed: ${NOT_OBSERVABLE_WORDS[because]}${answer}${needed}: grant that, ${WAY_OUT}`;
}

/** Returns whether a permission is missing for something that the caller did not give up. */
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
