import { type ProbeResult, probe } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { leftoverWords } from "../../migrate/probe/words.js";
import type { ProviderId } from "../../providers/index.js";
import type { ProbeFlags } from "../declarations/stores-and-keys.js";
import { withInterrupt } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { printProbe } from "../print/print-probe.js";
import { note, onStderr, printErrors, printJson, wrap } from "../print/terminal.js";
import { networkOfEnvironment } from "./command-inputs.js";

export async function runProbe({ provider, json, ...where }: ProbeFlags, location: string): Promise<void> {
  const { columns } = process.stderr;
  const onWriting = (folder: string) =>
    note(wrap(`writing test objects, which are deleted afterwards, under ${visibleText(folder)}`, { columns }));
  const result = await withInterrupt(
    (signal) =>
      probe({
        ...where,
        ...networkOfEnvironment(),
        provider: provider as ProviderId | undefined,
        location,
        signal,
        onWriting,
      }),
    () => undefined,
  );
  if (json) printLines(result);
  else printProbe(result);
  const { bucket, leftovers, missingRights } = result;
  printErrors(leftovers.map((leftover) => leftoverWords(bucket, leftover)));
  if (missingRights.length > 0) printErrors([`permissions are missing: one or more of ${missingRights.join(", ")}`]);
  if (result.end === "interrupted")
    note(`${onStderr.yellow("interrupted:")} questions that were not tried are reported as not observable`);
  process.exitCode = exitCode(result);
}

function printLines({ findings, ...whole }: ProbeResult): void {
  for (const { kind, ...finding } of findings) printJson({ kind: "finding", found: kind, ...finding });
  printJson({ kind: "probe", ...whole });
}

function exitCode({ end, obstacle, findings, leftovers }: ProbeResult): number {
  if (end === "interrupted") return EXIT.interrupted;
  const hindered = obstacle !== null && obstacle.because !== "locked-by-default";
  const open = hindered || leftovers.length > 0 || findings.some(({ kind }) => kind === "failed");
  return open ? EXIT.objectsOpen : EXIT.done;
}
