// Counts the files of migrate/ whose code runs between the event that lists an object and the one with its outcome, for an
// object that is copied by CopyObject on the sandbox: npx tsx bench/files-of-an-object.ts

import { mkdtemp, rm } from "node:fs/promises";
import { type Profiler, Session } from "node:inspector/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { migrate, type OnEvent } from "../migrate/index.js";
import { startSandbox } from "../sandbox/index.js";

const MIGRATE = new URL("../migrate/", import.meta.url);
const sandbox = await startSandbox({ profile: "reference" });
const { endpoint, region, credentials } = sandbox;
const folder = await mkdtemp(join(tmpdir(), "bucketseal-files-"));
const session = new Session();
session.connect();

await fillBuckets();
await session.post("Profiler.enable");
const ofObject = await functionsOfAnObject();
const ofNoObject = await functionsOfNoObject();
for (const [file, ran] of [...ofObject].sort()) {
  const isForObjects = [...ran].some((name) => !ofNoObject.get(file)?.has(name));
  process.stdout.write(`${isForObjects ? "objects only" : "others too  "}  ${file}\n`);
}
process.stdout.write(`${ofObject.size} files\n`);
session.disconnect();
await sandbox.close();
await rm(folder, { recursive: true });

async function fillBuckets(): Promise<void> {
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  for (const Bucket of ["full", "empty"]) await s3.send(new CreateBucketCommand({ Bucket }));
  for (const Key of ["one", "two"])
    await s3.send(new PutObjectCommand({ Bucket: "full", Key, Body: "x", Tagging: "a=b" }));
  s3.destroy();
}

/** The files that run for the second object: the canary is over then. */
async function functionsOfAnObject(): Promise<Functions> {
  const seen = { listed: 0, outcome: 0 };
  let taken: Promise<Profiler.TakePreciseCoverageReturnType> | undefined;
  await run("full", ({ kind }) => {
    if (kind === "listed" && ++seen.listed === 2) void startCoverage();
    if (kind === "outcome" && ++seen.outcome === 2) taken = session.post("Profiler.takePreciseCoverage");
  });
  if (taken === undefined) throw new Error(`the run met ${seen.listed} objects, not 2`);
  return functionsThatRan(await taken);
}

async function functionsOfNoObject(): Promise<Functions> {
  await session.post("Profiler.stopPreciseCoverage");
  await startCoverage();
  await run("empty", () => undefined);
  return functionsThatRan(await session.post("Profiler.takePreciseCoverage"));
}

function startCoverage(): Promise<unknown> {
  return session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
}

async function run(bucket: string, onEvent: OnEvent): Promise<void> {
  const place = { provider: "generic", endpoint, region, credentials, pathStyle: true } as const;
  const options = { assume: "documented", allowEmpty: true, concurrency: 1, workers: 1 } as const;
  await migrate({ ...place, ...options, locations: [`s3://${bucket}/`], out: join(folder, bucket), onEvent });
}

/** By file of migrate/: name and place of each function that ran, but for the module itself. */
type Functions = ReadonlyMap<string, ReadonlySet<string>>;

function functionsThatRan({ result }: Profiler.TakePreciseCoverageReturnType): Functions {
  const files = result.flatMap(({ url, functions }) => {
    if (!url.startsWith(MIGRATE.href)) return [];
    const ran = functions.flatMap(({ functionName, ranges: [whole] }) =>
      whole === undefined || whole.count === 0 || whole.startOffset === 0 ? [] : `${functionName}@${whole.startOffset}`,
    );
    const path = fileURLToPath(url).slice(fileURLToPath(MIGRATE).length);
    return ran.length === 0 ? [] : [[path, new Set(ran)] as const];
  });
  return new Map(files);
}
