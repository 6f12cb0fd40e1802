import { OPERATIONS } from "../store/operations.js";
import { StoreError } from "../store/store-error.js";
import {
  type Answer,
  type Evidence,
  evidenceOf,
  hasNoVersions,
  LOCKS_BY_DEFAULT,
  type NotObservable,
  rightsOf,
} from "./answer.js";
import type { Leftover, Place } from "./clean-up.js";
import { firstObject, usualAcl } from "./experiments/puts.js";
import { type OpenedSession, type ProbeSession, Stopped } from "./probe-session.js";

/** Why nothing was written, or at most one object. */
export interface Obstacle {
  readonly because: NotObservable;
  readonly evidence: Evidence | null;
  readonly missingRights: readonly string[];
}

export type MayWrite =
  | { readonly kind: "may"; readonly listing: Place["listing"] }
  | { readonly kind: "may-not"; readonly obstacle: Obstacle };

/** Why the versions under the key prefix of the test objects cannot be listed; `null` if they can. */
export async function whyUnlistable({ store, bucket, folder }: ProbeSession): Promise<StoreError | Stopped | null> {
  try {
    await store.listObjectVersions({ bucket, prefix: folder });
    return null;
  } catch (error) {
    if (error instanceof StoreError || error instanceof Stopped) return error;
    throw error;
  }
}

/** Rejects every write that could not be deleted again, or could not be found in order to delete it. */
export function mayWrite(session: OpenedSession, unlistable: StoreError | Stopped | null): MayWrite {
  const lock = session.found.get("object-lock");
  if (lock?.kind === "is" && lock.value === LOCKS_BY_DEFAULT) return mayNot("locked-by-default");
  if (lock?.kind !== "is" && lock?.kind !== "no") return mayNot("lock-unreadable");
  if (unlistable === null) return { kind: "may", listing: "versions" };
  if (unlistable instanceof Stopped) return mayNot(unlistable.because);
  if (hasNoVersions(session.found)) return { kind: "may", listing: "objects" };
  return mayNot("versions-unlistable", unlistable);
}

/**
 * Puts one object, creates one upload and removes both. This checks the permissions for all later experiments
 * at the cost of one object. Meanwhile it reads what one of them asks about that object.
 */
export async function tryWriting(session: OpenedSession, listing: Place["listing"]): Promise<Obstacle | null> {
  try {
    const { bucket, key } = await session.shared(firstObject);
    const upload = beginUpload(session, { bucket, key });
    // The experiment that needs this one meets its error.
    await Promise.allSettled([upload, session.shared(usualAcl)]);
    await upload;
  } catch (error) {
    if (error instanceof Stopped) return obstacle(error.because);
    if (!(error instanceof StoreError)) throw error;
    return obstacle(error.kind === "access-denied" ? "no-right-to-write" : "first-object-failed", error);
  }
  const left = await session.cleanUp(listing);
  return left.length === 0 ? null : obstacle("no-right-to-delete");
}

async function beginUpload({ store }: ProbeSession, object: { readonly bucket: string; readonly key: string }) {
  try {
    await store.createMultipartUpload({ ...object, headers: {} });
  } catch (error) {
    // Any other error will be found by the experiments on uploads.
    if (!(error instanceof StoreError) || error.kind === "access-denied") throw error;
  }
}

function mayNot(because: NotObservable, error?: StoreError): MayWrite {
  return { kind: "may-not", obstacle: obstacle(because, error) };
}

function obstacle(because: NotObservable, error?: StoreError): Obstacle {
  return {
    because,
    evidence: error ? evidenceOf(error, error.facts.message) : null,
    missingRights: error ? rightsOf(error) : [],
  };
}

/** The permissions missing in all rejected calls, without duplicates. */
export function missingRightsOf(
  findings: readonly Answer[],
  obstacle: Obstacle | null,
  leftovers: readonly Leftover[],
): readonly string[] {
  const ofFindings = findings.flatMap((answer) => (answer.kind === "failed" ? answer.missingRights : []));
  const ofLeftovers = leftovers.flatMap(({ kind, code }) => (code === "AccessDenied" ? REMOVED_BY[kind] : []));
  return [...new Set([...ofFindings, ...(obstacle?.missingRights ?? []), ...ofLeftovers])].sort();
}

const REMOVED_BY: Readonly<Record<Leftover["kind"], readonly string[]>> = {
  version: OPERATIONS.deleteObject.actions,
  upload: OPERATIONS.abortMultipartUpload.actions,
  unlisted: [...OPERATIONS.listObjectVersions.actions, ...OPERATIONS.listOpenUploads.actions],
};
