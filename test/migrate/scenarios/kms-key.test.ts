import { describe, expect, test } from "vitest";
import { compareLive } from "../../../migrate/compare/compare-live.js";
import { type MigrateOptions, migrate, type RunResult, verifyLive } from "../../../migrate/index.js";
import type { Observation } from "../../../migrate/journal/record.js";
import type { KmsKey } from "../../../sandbox/behaviour.js";
import { createBucket, putObject } from "../../buckets/raw-s3.js";
import { listKeys } from "../../buckets/read-bucket.js";
import { startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const VAULT = "11111111-1111-4111-8111-111111111111";
const OTHER = "22222222-2222-4222-8222-222222222222";
const ARN = "arn:aws:kms:sandbox:000000000000:key/";
const keys = (holder: string): readonly KmsKey[] =>
  [VAULT, OTHER].map((id) => ({ id, aliases: id === holder ? ["alias/vault"] : [], enabled: true }));
const TO_ALIAS = { provider: "aws", to: "sse-kms", kmsKeyId: "alias/vault" } as const;

/** Runs until the first outcome is there. */
function interrupted(options: MigrateOptions): Promise<RunResult> {
  const interruption = new AbortController();
  return migrate({
    ...options,
    concurrency: 1,
    signal: interruption.signal,
    onEvent: ({ kind }) => kind === "outcome" && interruption.abort(),
  });
}

async function filled(lock: Record<string, string> = {}) {
  const world = await startWorld({ profile: "reference", behaviour: { kmsKeys: keys(VAULT) } });
  await createBucket(world.raw, "bucket", lock);
  for (const key of ["a", "b", "c", "d"]) await putObject(world.raw, "bucket", { key, body: Buffer.from(key) });
  const options = await world.optionsFor("bucket", TO_ALIAS);
  const { out, credentials, endpoint } = options;
  return { ...world, options, resume: () => migrate({ out, credentials, endpoint, resume: true }) };
}

describe("a run under a KMS key that is resumed", () => {
  test("goes on under the key, and leaves no test object", { tags: ["slow"] }, async () => {
    const { raw, options, resume } = await filled();
    expect((await interrupted(options)).run.sessions.at(-1)?.end).toBe("interrupted");
    const { run, runDir, summary } = await resume();
    expect(run).toMatchObject({
      kmsKey: { given: "alias/vault", bucketKey: false },
      settings: { to: "sse-kms" },
      buckets: [{ kmsKey: `${ARN}${VAULT}` }],
    });
    expect(summary.total.statesNow["sse-kms"].objects).toBe(4);
    for (const [, { after }] of await outcomesOf(runDir)) expect(after?.kmsKeyId).toBe(`${ARN}${VAULT}`);
    expect(await listKeys(raw, "bucket")).toEqual(["a", "b", "c", "d"]);
  });

  test("ends if its alias has become another key", { tags: ["slow"] }, async () => {
    const { options, resume, sandbox } = await filled();
    await interrupted(options);
    sandbox.changeBehaviour({ kmsKeys: keys(OTHER) });
    await expect(resume()).rejects.toThrow(
      `the KMS key "alias/vault" cannot be used in bucket "bucket": HEAD of a test object shows another key, ${ARN}${OTHER}`,
    );
  });
});

test("verify --live of such a run compares the keys", async () => {
  const { options, sandbox } = await filled();
  const { runDir } = await migrate(options);
  const place = { endpoint: sandbox.endpoint, credentials: sandbox.credentials };
  expect((await verifyLive(runDir, place)).results).toMatchObject({ same: 4, contradicts: 0 });
  const seen = (await outcomesOf(runDir)).get("a")?.after ?? null;
  const at = new Date().toISOString();
  const moved = { ...(seen as Observation), kmsKeyId: `${ARN}${OTHER}` };
  const expected = { bucket: "bucket", key: "a", versionId: null, seen, at };
  expect(compareLive(expected, { kind: "found", now: moved }, false)).toMatchObject({
    kind: "contradicts",
    detail: `KMS key was ${ARN}${VAULT}, and is ${ARN}${OTHER}`,
  });
});

describe("a bucket that locks every new object", () => {
  test("is refused to an alias, since no test object could be deleted again", { tags: ["slow"] }, async () => {
    const { raw, options } = await filled({ "x-amz-bucket-object-lock-enabled": "true" });
    const rule = "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule>";
    const body = Buffer.from(
      `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${rule}</ObjectLockConfiguration>`,
    );
    expect((await raw.send({ method: "PUT", path: "/bucket?object-lock", body })).status).toBe(200);
    await expect(migrate(options)).rejects.toThrow("it is an alias, and the bucket locks every new object");
    const { summary } = await migrate({ ...options, out: `${options.out}-2`, kmsKeyId: VAULT });
    expect(summary.total.reasons["would-be-locked"]?.objects).toBe(4);
    expect(await listKeys(raw, "bucket")).toEqual(["a", "b", "c", "d"]);
  });
});
