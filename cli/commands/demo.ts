import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  audit,
  checkRun,
  type MigrateOptions,
  migrate,
  type RunResult,
  TOOL_VERSION,
  UsageError,
} from "../../migrate/index.js";
import { countOf } from "../../migrate/model/text.js";
import { capabilityWords } from "../../migrate/report/words.js";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import type { DemoFlags } from "../declarations/stores-and-keys.js";
import { declareDefault } from "../demo/declare-default.js";
import { COPY_CUTOFF_BYTES, DEMO_BUCKET, demoClient, fillBucket, writeAfterwards } from "../demo/demo-bucket.js";
import { endProcess } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { printSummary } from "../print/print-summary.js";
import { onStdout, print, wrap } from "../print/terminal.js";
import { createProgress } from "../progress/create-progress.js";
import { langOfEnvironment } from "./command-inputs.js";

const NEW_OBJECTS = 40;
const STEP_COLUMNS = 9;

export async function demo({ out }: DemoFlags): Promise<void> {
  const name = `${new Date().toISOString().replaceAll(":", "-")}-demo`;
  // The demo keeps nothing; cleanup listens to the exit event.
  process.once("SIGINT", () => endProcess(EXIT.interrupted));
  process.exitCode = await showJob(out ?? join("bucketseal-runs", name));
}

/** Goes through the main job on a local sandbox bucket. Returns the exit code. */
async function showJob(outDir: string): Promise<number> {
  await makeEmpty(outDir);
  const workDir = await mkdtemp(join(tmpdir(), "bucketseal-demo-"));
  process.once("exit", () => rmSync(workDir, { recursive: true, force: true }));
  const sandbox = await startSandbox({ profile: "ovh" });
  const client = demoClient(sandbox);
  try {
    step("sandbox", `an S3 endpoint that behaves like OVHcloud, at ${sandbox.endpoint}`);
    const { plaintext, customerKey } = await fillBucket(client);
    step(
      "before",
      `bucket ${DEMO_BUCKET}: ${countOf(plaintext, "object")} in plaintext, ${customerKey} under a customer key`,
    );
    for (const words of await declareDefault(sandbox, client, workDir)) step("declare", words);
    await writeAfterwards(client, NEW_OBJECTS);
    step(
      "after",
      `${NEW_OBJECTS} objects written since by clients that request no encryption: the default encrypts only those`,
    );
    return await sealAndProve(sandbox, outDir);
  } finally {
    client.destroy();
    await sandbox.close();
  }
}

async function makeEmpty(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  if ((await readdir(outDir)).length === 0) return;
  throw new UsageError([`folder "${outDir}" is not empty: give a new folder with --out`]);
}

async function sealAndProve(sandbox: Sandbox, outDir: string): Promise<number> {
  const first = await run(audit, sandbox, join(outDir, "1-audit"));
  step("audit", first.verdict.headline);
  const sealed = await run(migrate, sandbox, join(outDir, "2-migrate"));
  for (const { capabilities } of sealed.run.buckets) step("bucket", capabilityWords(capabilities));
  step("migrate", sealed.verdict.headline);
  const { findings, checked } = await checkRun(sealed.runDir, { toolVersion: TOOL_VERSION });
  const looked = `${countOf(checked.files, "file")} and ${countOf(checked.journalLines, "journal line")}`;
  step("verify", findings.length === 0 ? `the run folder is intact (${looked})` : "the run folder is NOT intact");
  const last = await run(audit, sandbox, join(outDir, "3-audit"));
  step("audit", `second audit: ${last.verdict.headline}`);
  printSummary(sealed);
  const open = last.summary.total.statesNow.none.objects + sealed.summary.total.outcomes.failed.objects;
  return open === 0 && last.summary.total.closes && findings.length === 0 ? EXIT.done : EXIT.objectsOpen;
}

async function run(command: (options: MigrateOptions) => Promise<RunResult>, sandbox: Sandbox, out: string) {
  const progress = createProgress({ quiet: false });
  const { endpoint, region, credentials } = sandbox;
  const place = { provider: "ovhcloud" as const, endpoint, region, credentials };
  // Nobody shares the sandbox, so the rate limits of a shared store would only slow it down.
  const speed = { readsPerSecond: 100_000, writesPerSecond: 100_000 };
  const parts = { copyCutoff: COPY_CUTOFF_BYTES, partSize: "5MiB" };
  const { onEvent, wantsCount: countAhead } = progress;
  const options = {
    ...place,
    ...speed,
    ...parts,
    ...langOfEnvironment(),
    locations: [`s3://${DEMO_BUCKET}`],
    out,
    onEvent,
    countAhead,
  };
  return command(options).finally(progress.stop);
}

function step(name: string, words: string): void {
  const indent = " ".repeat(STEP_COLUMNS);
  const { columns } = process.stdout;
  print(onStdout.cyan(name.padEnd(STEP_COLUMNS)) + wrap(words, { columns, taken: STEP_COLUMNS, indent }));
}
