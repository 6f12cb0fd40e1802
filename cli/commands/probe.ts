import { type ProbeResult, probe } from "../../migrate/index.js";
import { visibleText } from "../../migrate/model/text.js";
import { place, speed } from "../../migrate/options/options-of-every-run.js";
import { leftoverWords } from "../../migrate/probe/words.js";
import type { ProviderId } from "../../providers/index.js";
import { withInterrupt } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { printProbe } from "../print/print-probe.js";
import { note, onStderr, printErrors, printJson, wrap } from "../print/terminal.js";
import { networkOfEnvironment } from "./command-inputs.js";
import { type CommandFlags, declareCommand, type FlagsOf } from "./declare-command.js";

const options = {
  provider: {
    ...place.provider,
    help: "provider to compare with, such as ovhcloud or aws",
    otherwise: "detected from --endpoint",
  },
  region: place.region,
  endpoint: place.endpoint,
  pathStyle: place.pathStyle,
  profile: place.profile,
  expectedBucketOwner: { ...place.expectedBucketOwner, help: "account ID that must own the bucket" },
  requesterPays: place.requesterPays,
  readsPerSecond: speed.readsPerSecond,
  writesPerSecond: speed.writesPerSecond,
  json: {
    flag: "--json",
    help: "print one JSON object per line on stdout: every finding, then the probe with the capabilities",
  },
} as const satisfies CommandFlags;

export const probeCommand = declareCommand({
  name: "probe",
  description: "find out what a bucket's store supports, with test objects that are deleted again",
  words: {
    "<location>": "s3://BUCKET or s3://BUCKET/PREFIX; the keys of the test objects begin with PREFIX",
  },
  options,
  exitCodes: {
    0: "every question was answered, or the bucket locks objects by default",
    1: "permissions are missing, a call failed, or an object could not be removed",
    3: "the bucket cannot be read at all",
  },
  examples: `  bucketseal probe s3://invoices --provider ovhcloud --region gra
  bucketseal probe s3://invoices/tmp/ --provider aws --region eu-west-3
  bucketseal probe s3://invoices --endpoint https://s3.example.com --json`,
  run: (flags, location) => runProbe(location, flags),
});

async function runProbe(location: string, { provider, json, ...where }: FlagsOf<typeof options>): Promise<void> {
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
