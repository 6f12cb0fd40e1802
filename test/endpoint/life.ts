import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { pathOf, type RawS3, sendOk } from "../buckets/raw-s3.js";
import type { Ran } from "../cli/run-cli.js";
import { chainDifferences, changed, isCurrent, type Told, unnamedChanges, wronglyTold } from "./compare.js";
import { FOREIGN_KEY, refusalIn, SORTS, type Sort, type SortName } from "./contents.js";
import { field, type Snapshot, takeSnapshot } from "./snapshot.js";
import type { Endpoint } from "./witness.js";
import { type EndpointWorld, openWorld, toldBy } from "./world.js";

export interface LifeOptions {
  /** Fewer keys. @default false */
  readonly short?: boolean;
  /** Only the migration and the step after it. @default false */
  readonly migrationOnly?: boolean;
  readonly provider?: string | undefined;
}

/** The missing features of the store, without which a step means nothing there. */
class Lacking extends Error {}

/** A bucket and the step that its life has reached. */
interface Life {
  readonly world: EndpointWorld;
  readonly bucket: string;
  readonly sort: Sort;
  readonly encrypts: boolean;
  snapshot: Snapshot;
  /** Why no further step means anything. */
  over: string | null;
}

/** The whole life of a bucket of one sort: each step by the built command line, and a witness looks before and after it. */
export function describeLife(
  name: SortName,
  server: () => Endpoint,
  { short = false, migrationOnly = false, provider }: LifeOptions,
): void {
  const sort: Sort = SORTS[name];
  describe(`a bucket (${name})`, () => {
    let world: EndpointWorld;
    let life: Life;
    beforeAll(async () => {
      world = await openWorld(server(), provider);
    });
    afterAll(() => world.close());
    const step = (title: string, run: (life: Life) => Promise<string>) =>
      test(title, { timeout: 600_000 }, (context) => takeStep(context, () => run(life)));

    test("is filled by the witness", { timeout: 600_000 }, (context) =>
      takeStep(context, async () => {
        life = { world, bucket: "", sort, encrypts: false, snapshot: [], over: "there is no such bucket" };
        const bucket = await lackingIfRefused(() => world.newBucket(name.replaceAll(" ", "-"), sort.headers));
        const encrypts = await storeEncrypts(world.witness, bucket);
        const { objects, lacks } = await lackingIfRefused(() => sort.fill(world.witness, bucket, { short }));
        const { versions } = await look({ ...life, bucket });
        life = { world, bucket, sort, encrypts, snapshot: versions, over: null };
        Object.assign(context.task.meta, { lacks });
        expect(versions.filter(isCurrent)).toHaveLength(objects);
        return `${versions.length} versions of ${objects} objects`;
      }),
    );
    if (!migrationOnly) {
      step("is probed, and left as it was", probeStep);
      step("is audited, and told as it is", auditStep);
      step("is migrated in a dry run, and left as it was", dryRunStep);
    }
    step("is migrated, and differs in nothing that the run does not name", migrateStep);
    step("is migrated again, and left as it was", againStep);
    step("is verified against the bucket", verifyStep);
    if (sort.older === "purge") step("has its plaintext versions purged, and no other", purgeStep);
    if (sort.older === "replay") step("has its history replayed in the same order", replayStep);
    step("has no upload left open", async (life) => {
      const { uploads } = await look(life);
      expect(uploads).toEqual([]);
      return "none";
    });
  });
}

async function takeStep(context: TestContext, run: () => Promise<string>): Promise<void> {
  try {
    Object.assign(context.task.meta, { detail: await run() });
  } catch (error) {
    if (!(error instanceof Lacking)) throw error;
    Object.assign(context.task.meta, { detail: error.message });
    context.skip(error.message);
  }
}

/** A bucket or an object that the store refuses is what it cannot do, and no fault of ours. */
async function lackingIfRefused<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { message } = error as Error;
    if (!/ answered (4|501)/.test(message)) throw error;
    throw new Lacking(`the store refuses it: ${message.split(" answered ")[0]} answered ${refusalIn(message)}`);
  }
}

function look({ world, bucket, sort: { customerKey } }: Pick<Life, "world" | "bucket" | "sort">) {
  return takeSnapshot(world.witness, bucket, [FOREIGN_KEY, ...(customerKey === undefined ? [] : [customerKey])]);
}

/** A step finds the bucket as the one before left it, whether or not it is as it should be. */
async function lookOnward(life: Life) {
  const seen = await look(life);
  life.snapshot = seen.versions;
  return seen;
}

function goOn({ over }: Life): void {
  if (over !== null) throw new Lacking(over);
}

async function expectUnchanged(life: Life): Promise<void> {
  const { versions, uploads } = await look(life);
  expectNone(changed(life.snapshot, versions));
  expect(uploads).toEqual([]);
}

/** The first of them go into the message, which is one line of the table. */
function expectNone(problems: readonly string[]): void {
  const more = problems.length > 3 ? `, and ${problems.length - 3} more` : "";
  expect(problems.length, `${problems.slice(0, 3).join("; ")}${more}\n${problems.join("\n")}`).toBe(0);
}

function expectCode({ code, stdout, stderr }: Ran, ...allowed: readonly number[]): void {
  const error = stderr.split("\n").find((line) => line.includes("error")) ?? stdout.split("\n")[0];
  expect(allowed, `exit code ${code}: ${error}\n${stdout}\n${stderr}`).toContain(code);
}

async function keyFlags({ world, sort: { customerKey } }: Life): Promise<string[]> {
  if (customerKey === undefined) return [];
  const path = join(world.folder, "customer.key");
  await writeFile(path, customerKey, { mode: 0o600 });
  return ["--ssec-key-file", path];
}

/** A run of the command line on the bucket; exit code 1 has to have its reason in the output. */
async function run(life: Life, command: "audit" | "migrate", out: string, ...flags: readonly string[]) {
  const { world, bucket } = life;
  const runDir = join(world.folder, out);
  const more = command === "migrate" ? life.sort.flags : [];
  const keys = command === "migrate" ? await keyFlags(life) : [];
  const all = [`s3://${bucket}`, "--out", runDir, "--quiet", ...more, ...flags, ...keys];
  const ran = await world.cli([command, ...all]);
  expectCode(ran, 0, 1);
  const told = await toldBy(runDir);
  const open = [...told.objects.values()].filter(({ outcome }) => /^(failed|refused)$/.test(outcome.kind));
  const older = [...told.versions.values()].filter(({ outcome }) => outcome.kind === "failed");
  expectCode(ran, open.length + older.length > 0 ? 1 : 0);
  return { runDir, told };
}

async function probeStep(life: Life): Promise<string> {
  goOn(life);
  const ran = await life.world.cli(["probe", `s3://${life.bucket}`, "--json"]);
  await expectUnchanged(life);
  const findings = ran.stdout.split("\n").filter((line) => line.startsWith('{"kind":"finding"'));
  expectNone(findings.filter((line) => line.includes('"found":"failed"')));
  expectCode(ran, 0);
  const open = findings.filter((line) => /"found":"(not-observable|failed)"/.test(line)).length;
  return `${findings.length - open} findings, ${open} not observable`;
}

async function auditStep(life: Life): Promise<string> {
  goOn(life);
  const { told } = await run(life, "audit", "audit");
  await expectUnchanged(life);
  expectNone([...wronglyTold(life.snapshot, told), ...failuresIn(told)]);
  return statesOf(life.snapshot);
}

async function dryRunStep(life: Life): Promise<string> {
  goOn(life);
  const { told } = await run(life, "migrate", "dry-run", "--dry-run", ...confirmed(life));
  await expectUnchanged(life);
  expectNone(wronglyTold(life.snapshot, told));
  return outcomesIn(told);
}

async function migrateStep(life: Life): Promise<string> {
  goOn(life);
  const { told } = await run(life, "migrate", "migrated");
  const before = life.snapshot;
  const { versions, uploads } = await lookOnward(life);
  const problems = [...unnamedChanges(before, versions, told), ...wronglyTold(before, told)];
  const left = uploads.map((id) => `the upload ${id} is still open`);
  if (!life.encrypts) {
    life.over = "the store does not encrypt: a PUT that asks for AES256 is refused, or HEAD does not show it";
    expectNone([...problems, ...left]);
    throw new Lacking(`${life.over}; ${outcomesIn(told)}`);
  }
  const { ours, theirs } = await whoseFailures(life, told);
  expectNone([...problems, ...left, ...ours]);
  return [outcomesIn(told), ...theirs].join("; ");
}

async function againStep(life: Life): Promise<string> {
  goOn(life);
  const { told } = await run(life, "migrate", "again");
  await expectUnchanged(life);
  expectNone(wronglyTold(life.snapshot, told));
  expect([...told.objects.values()].filter(({ outcome }) => outcome.kind === "migrated")).toEqual([]);
  return outcomesIn(told);
}

async function verifyStep(life: Life): Promise<string> {
  goOn(life);
  const folder = join(life.world.folder, "again");
  const checked = await life.world.cli(["verify", folder, "--live", "--count-new", ...(await keyFlags(life))]);
  await expectUnchanged(life);
  const left = life.snapshot.filter((seen) => isCurrent(seen) && seen.encryption === "none").length;
  // Objects that were left in plaintext, and reported, may keep a gate shut.
  expectCode(checked, 0, ...(left > 0 ? [1] : []));
  expect(checked.stdout).not.toMatch(
    /[1-9]\d* (objects? )?(contradict|in the bucket that the report does not contain)/,
  );
  return `exit code ${checked.code}${left > 0 ? `, ${left} left in plaintext` : ""}`;
}

async function purgeStep(life: Life): Promise<string> {
  goOn(life);
  const { told } = await run(life, "migrate", "purged", "--versions", "purge", "--yes");
  const before = life.snapshot;
  const { versions } = await lookOnward(life);
  const removed = [...told.versions.values()].filter(({ outcome }) => outcome.kind === "removed").length;
  const unreadable = versions.filter((seen) => isCurrent(seen) && seen.status !== 200 && seen.encryption === "AES256");
  const gone = unreadable.map(({ key, status }) => `GET of ${JSON.stringify(key)} answers ${status}`);
  expectNone([...gone, ...unnamedChanges(before, versions, told), ...failuresIn(told)]);
  const [kept, reasons] = leftIn(told);
  return `${removed} removed, ${kept} kept${reasons}`;
}

const UNGUARDED = "the store supports no condition on the destination of a copy";

async function replayStep(life: Life): Promise<string> {
  goOn(life);
  const guarded = await run(life, "migrate", "replayed", "--versions", "replay", "--yes");
  const refused = [...guarded.told.objects.values()].filter(({ notes }) => notes.join().includes(UNGUARDED)).length;
  if (refused === 0) return replayed(life, guarded.told);
  // Nobody else writes here: a copy that cannot be guarded is left undone, unless the options ask for it.
  await expectUnchanged(life);
  const { told } = await run(life, "migrate", "replayed-unguarded", "--versions", "replay", "--race", "off", "--yes");
  return `${refused} left, since ${UNGUARDED}; with --race off: ${await replayed(life, told)}`;
}

async function replayed(life: Life, told: Told): Promise<string> {
  const before = life.snapshot;
  const { versions } = await lookOnward(life);
  const [kept, reasons] = leftIn(told);
  expectNone([...chainDifferences(before, versions, told), ...failuresIn(told)]);
  return `${outcomesIn(told)}; ${kept} kept in plaintext${reasons}`;
}

function confirmed({ sort: { older } }: Life): string[] {
  return older === "none" ? [] : ["--versions", older, "--yes"];
}

/** Asked by the witness itself, whatever a run makes of it, before there is anything else in the bucket. */
async function storeEncrypts(witness: RawS3, bucket: string): Promise<boolean> {
  const path = `/${bucket}/asked-by-the-witness`;
  const headers = { "x-amz-server-side-encryption": "AES256" };
  const body = Buffer.from("x");
  const md5 = createHash("md5").update(body).digest("base64");
  const put = await witness.send({ method: "PUT", path, headers: { ...headers, "content-md5": md5 }, body });
  if (put.status >= 300) return false;
  const head = await witness.send({ method: "HEAD", path });
  const versionId = head.headers["x-amz-version-id"];
  await witness.send({ method: "DELETE", path: versionId === undefined ? path : `${path}?versionId=${versionId}` });
  return head.headers["x-amz-server-side-encryption"] === "AES256";
}

function statesOf(snapshot: Snapshot): string {
  return tally(snapshot.filter(isCurrent).map(({ encryption }) => encryption));
}

function outcomesIn({ objects }: Told): string {
  return tally(
    [...objects.values()].map(({ outcome }) =>
      "reason" in outcome && outcome.kind !== "already-encrypted"
        ? `${outcome.kind} (${outcome.reason})`
        : outcome.kind,
    ),
  );
}

function failuresIn({ objects, versions }: Told): string[] {
  const records = [...objects.values(), ...versions.values()];
  return records.flatMap(({ key, outcome }) =>
    outcome.kind === "failed" ? [`${JSON.stringify(key)} failed (${outcome.reason}): ${outcome.detail}`] : [],
  );
}

/** A copy in parts that the server refuses to the witness too is what the server cannot do. */
async function whoseFailures({ world: { witness }, bucket }: Life, told: Told) {
  const [ours, theirs]: [string[], string[]] = [[], []];
  for (const { key, outcome } of told.objects.values()) {
    if (outcome.kind !== "failed") continue;
    const refused = outcome.detail.startsWith("uploadPartCopy: ")
      ? await refusalOfPartCopy(witness, bucket, key)
      : undefined;
    if (refused === undefined)
      ours.push(...failuresIn({ objects: new Map([[key, told.objects.get(key) as never]]), versions: new Map() }));
    else theirs.push(`${JSON.stringify(key)} is refused to the witness too: UploadPartCopy answers ${refused}`);
  }
  return { ours: [...ours, ...failuresIn({ objects: new Map(), versions: told.versions })], theirs };
}

/** The answer to a copy of an object in one part onto itself, which is then aborted; undefined if the server accepts it. */
async function refusalOfPartCopy(witness: RawS3, bucket: string, key: string): Promise<string | undefined> {
  const begun = await sendOk(witness, { method: "POST", path: pathOf(bucket, key, "?uploads=") });
  const upload = `uploadId=${encodeURIComponent(field(begun.body.toString(), "UploadId"))}`;
  const headers = { "x-amz-copy-source": pathOf(bucket, key) };
  const answer = await witness.send({ method: "PUT", path: pathOf(bucket, key, `?partNumber=1&${upload}`), headers });
  await sendOk(witness, { method: "DELETE", path: pathOf(bucket, key, `?${upload}`) });
  return answer.status < 300 ? undefined : `${answer.status} ${field(answer.body.toString(), "Code")}`;
}

function leftIn({ versions }: Told): [number, string] {
  const left = [...versions.values()].flatMap(({ outcome }) => (outcome.kind === "plaintext" ? [outcome.reason] : []));
  return [left.length, left.length === 0 ? "" : ` (${tally(left)})`];
}

function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
}
