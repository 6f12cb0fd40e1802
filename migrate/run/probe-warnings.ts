import type { Probed } from "../probe/probe-bucket.js";
import { NOT_OBSERVABLE_WORDS } from "../probe/words.js";

/** What an operator should know of a probe after which the run goes on, in words. Pure. */
export function probeWarnings({ obstacle, findings }: Probed): string[] {
  const open = findings.filter(({ kind }) => kind === "failed").length;
  return [
    ...(obstacle === null
      ? []
      : [`planned from documents, and no throw-away object was written: ${NOT_OBSERVABLE_WORDS[obstacle.because]}`]),
    ...(open === 0 || obstacle !== null
      ? []
      : [`${open} of the probe's questions were left open by calls that failed, and are answered from documents`]),
  ];
}
