import { OPERATIONS } from "../store/operations.js";
import type { StoreError } from "../store/store-error.js";
import type { Leftover } from "./clean-up.js";
import type { Finding } from "./finding.js";
import type { Obstacle } from "./may-write.js";

/** As AWS names the one that is missing. */
const NAMED = /\bs3:[A-Z][A-Za-z]+/g;

/** The actions that a refused call needs: the one that the store names, else all. None where rights are not what it lacked. */
export function rightsOf({ kind, facts: { operation, message } }: StoreError): readonly string[] {
  if (kind !== "access-denied") return [];
  return message.match(NAMED) ?? OPERATIONS[operation].actions;
}

/** Of all that was refused, each once. */
export function missingRightsOf(
  findings: readonly Finding[],
  obstacle: Obstacle | null,
  leftovers: readonly Leftover[],
): readonly string[] {
  const ofFindings = findings.flatMap((finding) => (finding.kind === "failed" ? finding.missingRights : []));
  const ofLeftovers = leftovers.flatMap(({ kind, code }) => (code === "AccessDenied" ? REMOVED_BY[kind] : []));
  return [...new Set([...ofFindings, ...(obstacle?.missingRights ?? []), ...ofLeftovers])].sort();
}

const REMOVED_BY: Readonly<Record<Leftover["kind"], readonly string[]>> = {
  version: OPERATIONS.deleteObject.actions,
  upload: OPERATIONS.abortMultipartUpload.actions,
  unlisted: [...OPERATIONS.listObjectVersions.actions, ...OPERATIONS.listOpenUploads.actions],
};
