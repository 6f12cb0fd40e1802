import type { OnEvent } from "../journal/events.js";
import type { RunFile } from "../journal/run-folder.js";
import { visibleText } from "../model/text.js";

interface Repeated {
  entries: number;
  readonly firstKey: string;
}

/** Counts the entries that the listings of each bucket showed more than once. */
export function createRepeats(runFile: RunFile, onEvent: OnEvent) {
  const buckets = new Map<string, Repeated>();
  return {
    add: ({ bucket, key }: { readonly bucket: string; readonly key: string }): void => {
      const known = buckets.get(bucket) ?? { entries: 0, firstKey: key };
      known.entries += 1;
      buckets.set(bucket, known);
    },
    /** Resolves once run.json has a warning of each bucket with such entries. */
    note: async (): Promise<void> => {
      for (const [bucket, { entries, firstKey }] of buckets) {
        const times = entries === 1 ? "1 entry" : `${entries} entries`;
        const warning = `the listing showed ${times} more than once, the first "${visibleText(firstKey)}": each object was counted once`;
        onEvent({ kind: "bucket-warning", bucket, warning });
        await runFile.note(bucket, ({ warnings }) => ({ warnings: [...new Set([...warnings, warning])] }));
      }
      buckets.clear();
    },
  };
}
