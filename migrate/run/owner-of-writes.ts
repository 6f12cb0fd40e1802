import type { OnEvent } from "../journal/events.js";
import type { RunFile } from "../journal/run-folder.js";
import type { Road } from "../object/context.js";
import type { Canaries } from "./canaries.js";

const OWNER_UNKNOWN =
  "whose the copies are could not be told, since no throw-away object was written: what belongs to another account or user may be closed to it after its copy";

/**
 * Whose this run's copies are: by the canary of this very session, or else by a probe. Where neither tells, and the store
 * has access control lists, the bucket's warnings say so before its first copy.
 */
export function ownerOfWrites(
  canary: Canaries["before"] | null,
  capabilitiesOf: Road["capabilitiesOf"],
  { runFile, onEvent }: { readonly runFile: RunFile; readonly onEvent: OnEvent },
): Road["beforeCopy"] {
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
