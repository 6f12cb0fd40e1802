import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type MigrateOptions, migrate, RunError } from "../../../migrate/index.js";
import type { SandboxUser } from "../../../sandbox/index.js";
import { readBucket } from "../../buckets/read-bucket.js";
import { fillBucket, newFolder, startWorld } from "../../buckets/start-world.js";
import { type Refusal, startFront } from "../../servers/front.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const ROOT: SandboxUser = { accessKeyId: "ROOT", secretAccessKey: "root" };
const OLD: SandboxUser = { accessKeyId: "OLDKEY", secretAccessKey: "old-secret" };
const NEW: SandboxUser = { accessKeyId: "NEWKEY", secretAccessKey: "new-secret" };
const OBJECTS = 30;

const iniOf = ({ accessKeyId, secretAccessKey }: SandboxUser) =>
  `[mine]\naws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\n`;
/** Good for a day by their own account, which the SDK believes. */
const jsonOf = ({ accessKeyId, secretAccessKey }: SandboxUser) =>
  JSON.stringify({
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Expiration: new Date(Date.now() + 86_400_000).toISOString(),
  });

interface Source {
  /** Writes the credentials to the file that the SDK reads. */
  give(user: SandboxUser): Promise<void>;
}

async function credentialsFile(folder: string): Promise<Source> {
  const file = join(folder, "credentials");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", file);
  return { give: (user) => writeFile(file, iniOf(user)) };
}

async function credentialProcess(folder: string): Promise<Source> {
  const file = join(folder, "printed.json");
  await writeFile(join(folder, "config"), `[profile mine]\ncredential_process = cat ${file}\n`);
  vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
  return { give: (user) => writeFile(file, jsonOf(user)) };
}

/** A migration with old keys that the store refuses from the fifth object on. `onExpiry` is what happens then. */
async function migrateAcrossExpiry(
  sourceOf: (folder: string) => Promise<Source>,
  refusal: Refusal,
  onExpiry: (source: Source) => void,
) {
  const world = await startWorld({ credentials: [ROOT, OLD, NEW] });
  const objects = Array.from({ length: OBJECTS }, (_, n) => ({ key: `object-${n}`, body: Buffer.from(`body ${n}`) }));
  await fillBucket(world.raw, "bucket", [...objects, { key: "empty", body: Buffer.alloc(0) }]);
  const source = await sourceOf(await newFolder());
  await source.give(OLD);
  let expired = false;
  const front = await startFront(world.sandbox.endpoint, (key) =>
    expired && key === OLD.accessKeyId ? refusal : undefined,
  );
  let outcomes = 0;
  const onEvent: MigrateOptions["onEvent"] = (event) => {
    if (event.kind !== "outcome") return;
    outcomes += 1;
    if (outcomes !== 5) return;
    expired = true;
    onExpiry(source);
  };
  const more = { endpoint: front.endpoint, credentials: undefined, profile: "mine", concurrency: 4, onEvent };
  const options = await world.optionsFor("bucket", more);
  return { ...world, front, options, run: () => migrate(options) };
}

beforeEach(() => {
  for (const name of ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"]) vi.stubEnv(name, "/nonexistent");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const FILE = { where: "the credentials file", sourceOf: credentialsFile };
const PROCESS = { where: "what a credential process prints", sourceOf: credentialProcess };

test.each([
  { ...FILE, status: 400, code: "ExpiredToken" },
  { ...FILE, status: 403, code: "ExpiredToken" },
  { ...FILE, status: 403, code: "InvalidAccessKeyId" },
  { ...PROCESS, status: 400, code: "ExpiredToken" },
])(
  "after $status $code a run continues with keys renewed in $where, and migrates every object",
  { tags: ["slow"] },
  async ({ sourceOf, ...refusal }) => {
    const renewLater = (source: Source) => void setTimeout(() => void source.give(NEW), 200);
    const { run, raw, front } = await migrateAcrossExpiry(sourceOf, refusal, renewLater);
    const { summary, runDir } = await run();
    expect(summary.total.outcomes.migrated.objects).toBe(OBJECTS + 1);
    expect(summary.total.statesBefore["sse-c"].objects).toBe(0);
    const records = [...(await outcomesOf(runDir)).values()];
    expect(records.filter(({ outcome }) => outcome.kind !== "migrated")).toEqual([]);
    for (const { encryption } of (await readBucket(raw, "bucket")).values()) expect(encryption).toBe("AES256");
    expect(front.refused[OLD.accessKeyId]).toBeGreaterThan(0);
    expect(front.passed[NEW.accessKeyId]).toBeGreaterThan(OBJECTS);
  },
);

test("a run without renewed keys ends with one message, and a resume with new keys completes it", {
  tags: ["slow"],
}, async () => {
  let source: Source | undefined;
  let stopTicking = () => {};
  const waitInVain = (given: Source) => {
    source = given;
    // A quarter of a second in five milliseconds: the waits are minutes.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const ticking = setInterval(() => vi.advanceTimersByTime(250), 5);
    stopTicking = () => clearInterval(ticking);
  };
  const expired = { status: 400, code: "ExpiredToken" };
  const { run, raw, options } = await migrateAcrossExpiry(credentialsFile, expired, waitInVain);
  const error: unknown = await run().catch((thrown: unknown) => thrown);
  stopTicking();
  vi.useRealTimers();
  if (!(error instanceof RunError) || error.runDir === null)
    throw new Error("a run that had begun ends", { cause: error });
  expect(error.message).toMatch(
    /reports that the credentials have expired \(ExpiredToken: .*renew them, then continue/,
  );
  expect(error.message).not.toContain(OLD.secretAccessKey);
  const kinds = [...(await outcomesOf(error.runDir)).values()].map(({ outcome }) => outcome.kind);
  expect(new Set(kinds)).toEqual(new Set(["migrated"]));
  expect(kinds.length).toBeLessThan(OBJECTS);
  await source?.give(NEW);
  const resumed = await migrate({ profile: "mine", out: options.out, endpoint: options.endpoint, resume: true });
  expect(resumed.summary.total.outcomes.migrated.objects).toBe(OBJECTS + 1);
  for (const { encryption } of (await readBucket(raw, "bucket")).values()) expect(encryption).toBe("AES256");
});

test("a run with keys that expired before it started ends at once with one message", async () => {
  const world = await startWorld({ credentials: [ROOT, OLD] });
  await fillBucket(world.raw, "bucket", [{ key: "a", body: Buffer.from("1") }]);
  await (await credentialsFile(await newFolder())).give(OLD);
  const front = await startFront(world.sandbox.endpoint, () => ({ status: 400, code: "ExpiredToken" }));
  const more = { endpoint: front.endpoint, credentials: undefined, profile: "mine" };
  const since = performance.now();
  await expect(migrate(await world.optionsFor("bucket", more))).rejects.toThrow(/the credentials have expired/);
  expect(performance.now() - since).toBeLessThan(60_000);
  expect(front.refused[OLD.accessKeyId]).toBe(2);
});
