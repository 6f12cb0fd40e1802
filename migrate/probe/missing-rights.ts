import { OPERATIONS } from "../store/operations.js";

import type { Leftover } from "./clean-up.js";
import type { Finding } from "./finding.js";
import type { Obstacle } from "./may-write.js";

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
