import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { isYounger } from "../../../migrate/compare/expected-objects.js";
import { audit, type BucketFindings, checkRun, migrate, TOOL_VERSION } from "../../../migrate/index.js";

import type { Intercept } from "../../../sandbox/index.js";
import { createBucket, pathOf, putObject, type RawS3, sendOk } from "../../buckets/raw-s3.js";
import { fillBucket, startWorld, type World } from "../../buckets/start-world.js";

const BUCKET = "evidence";
const LIFECYCLE = `<LifecycleConfiguration><Rule><ID>tidy</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>
<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>`;
const REPLICATION = `<ReplicationConfiguration><Role>r</Role><Rule><ID>mirror</ID><Status>Enabled</Status><Prefix></Prefix>
<Destination><Bucket>arn:aws:s3:::mirror</Bucket></Destination></Rule></ReplicationConfiguration>`;
const ENCRYPTED_ONLY = { StringNotEquals: { "s3:x-amz-server-side-encryption": "AES256" } };
const STATEMENT = { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "*", Condition: ENCRYPTED_ONLY };
const POLICY = JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "EncryptedOnly", ...STATEMENT }] });
const AES256 = `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>
</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`;

async function aWorld(intercept: Intercept = () => undefined, clock = () => new Date()): Promise<World> {
  const world = await startWorld({ profile: "reference", intercept, clock });
  await createBucket(world.raw, BUCKET);
  await putObject(world.raw, BUCKET, { key: "a", body: Buffer.from("1") });
  return world;
}

function set(raw: RawS3, name: string, body: string) {
  return sendOk(raw, { method: "PUT", path: pathOf(BUCKET, "", `?${name}=`), body: Buffer.from(body) });
}

const beginUpload = (raw: RawS3, key: string) =>
  sendOk(raw, { method: "POST", path: pathOf(BUCKET, key, "?uploads=") });

function theOne(buckets: readonly BucketFindings[]): BucketFindings {
  const [found] = buckets;
  if (found === undefined) throw new Error("the run found no bucket");
  return found;
}

describe("bucket settings in run.json", () => {
  it("contain lifecycle rules, replication and policy", async () => {
    const world = await aWorld();
    await set(world.raw, "lifecycle", LIFECYCLE);
    await set(world.raw, "versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>");
    await set(world.raw, "replication", REPLICATION);
    await set(world.raw, "policy", POLICY);
    const { run } = await audit(await world.optionsFor(BUCKET));
    const { lifecycle, replication, policy } = theOne(run.buckets);
    const rule = { enabled: true, prefix: "", isNarrower: false };
    const aborts = { kind: "aborts-uploads", days: 7, date: null, storageClass: null };
    expect(lifecycle).toEqual({ kind: "present", total: 1, first: [{ id: "tidy", ...rule, actions: [aborts] }] });
    const destination = "arn:aws:s3:::mirror";
    expect(replication).toEqual({ kind: "present", total: 1, first: [{ id: "mirror", ...rule, destination }] });
    expect(policy).toEqual({ kind: "present", statements: 1, onEncryption: ["EncryptedOnly"] });
  });

  it("say that rules are absent", async () => {
    const world = await aWorld();
    const { run } = await audit(await world.optionsFor(BUCKET));
    const absent = { kind: "absent" };
    expect(theOne(run.buckets)).toMatchObject({ lifecycle: absent, replication: absent, policy: absent });
  });

  it.each([
    [403, "AccessDenied", "unreadable"],
    [405, "MethodNotAllowed", "unreadable"],
    [501, "NotImplemented", "unsupported"],
  ])("say that rules could not be read after HTTP %i, and the run continues", async (status, code, kind) => {
    const OPTIONAL = ["GetBucketLifecycleConfiguration", "GetBucketReplication", "GetBucketPolicy"];
    const world = await aWorld(({ operation }) =>
      OPTIONAL.includes(operation ?? "") ? { kind: "error", status, code } : undefined,
    );
    const { run, summary } = await audit(await world.optionsFor(BUCKET));
    expect(theOne(run.buckets)).toMatchObject({ lifecycle: { kind }, replication: { kind }, policy: { kind } });
    expect(summary.total).toMatchObject({ listed: 1, closes: true });
  });
});

describe("default encryption in run.json", () => {
  it("is read again at the end, and shows that it was removed meanwhile", async () => {
    let looked = false;
    let raw: RawS3 | undefined;
    const world = await aWorld(({ operation }) => {
      if (operation === "HeadObject" && !looked) {
        looked = true;
        void sendOk(raw as RawS3, { method: "DELETE", path: pathOf(BUCKET, "", "?encryption=") });
      }
      return undefined;
    });
    raw = world.raw;
    await set(raw, "encryption", AES256);
    const { run } = await audit(await world.optionsFor(BUCKET));
    const { defaultEncryption, atEnd } = theOne(run.buckets);
    expect(defaultEncryption).toEqual({ before: "sse-s3", after: "sse-s3" });
    expect(atEnd?.defaultEncryption).toBe("none");
  });

  it("is marked unreadable if it cannot be read again, and the run completes", async () => {
    let times = 0;
    const world = await aWorld(({ operation }) => {
      if (operation === "GetBucketEncryption") times += 1;
      const refused = (operation === "GetBucketEncryption" || operation === "ListMultipartUploads") && times > 1;
      return refused ? { kind: "error", status: 403, code: "AccessDenied" } : undefined;
    });
    const { run, summary } = await audit(await world.optionsFor(BUCKET));
    expect(theOne(run.buckets).atEnd).toMatchObject({ defaultEncryption: "unreadable", openUploads: null });
    expect(summary.total.closes).toBe(true);
  });

  it("is not read again after an interruption", async () => {
    const world = await aWorld();
    const controller = new AbortController();
    const onEvent = ({ kind }: { kind: string }) => kind === "scope-started" && controller.abort();
    const { run } = await audit({ ...(await world.optionsFor(BUCKET)), onEvent, signal: controller.signal });
    expect(theOne(run.buckets).atEnd).toBeUndefined();
  });
});

describe("open uploads at the end of a run", () => {
  it("are counted as earlier if they began before an earlier session set the default", { tags: ["slow"] }, async () => {
    let aheadMs = 0;
    const { raw, optionsFor } = await aWorld(undefined, () => new Date(Date.now() + aheadMs));
    await beginUpload(raw, "before");
    const options = await optionsFor(BUCKET, { setDefault: true });
    const controller = new AbortController();
    const onEvent = ({ kind }: { kind: string }) => kind === "scope-started" && controller.abort();
    await migrate({ ...options, onEvent, signal: controller.signal });
    // Both tell the time in whole seconds.
    aheadMs = 2100;
    await beginUpload(raw, "later");
    const { run } = await migrate({
      out: options.out,
      credentials: options.credentials,
      endpoint: options.endpoint,
      resume: true,
    });
    const { defaultEncryption, atEnd } = theOne(run.buckets);
    expect(defaultEncryption).toMatchObject({ before: "none", after: "sse-s3" });
    expect(Math.abs(Date.parse(defaultEncryption.setAt ?? "") - Date.now())).toBeLessThan(600_000);
    expect(atEnd?.openUploads).toMatchObject({ open: 2, earlier: 1 });
    expect(atEnd?.openUploads?.firstEarlier.map(({ key }) => key)).toEqual(["before"]);
  });

  it("are all counted as earlier if there is no default", async () => {
    const world = await aWorld();
    await beginUpload(world.raw, "a/open");
    const { run } = await audit(await world.optionsFor(BUCKET));
    expect(theOne(run.buckets).atEnd).toMatchObject({
      defaultEncryption: "none",
      openUploads: { open: 1, earlier: 1, firstEarlier: [{ key: "a/open" }] },
    });
  });
});

const SEALED = { "x-amz-server-side-encryption": "AES256" };
const DEFAULT = `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`;

const KEYS = ["a", "b", "tmp/c"];

/** Writers that put behind the reader: right before it reads the bucket's default for the second time, its objects done. */
async function writtenBehind(
  write: (put: (key: string, headers?: Record<string, string>) => Promise<void>) => Promise<void>,
) {
  let looks = 0;
  let behind: (() => Promise<void>) | undefined;
  const intercept: Intercept = async ({ operation }) => {
    if (operation !== "GetBucketEncryption") return undefined;
    looks += 1;
    if (looks === 2) await behind?.();
    return undefined;
  };
  const world = await startWorld({ intercept });
  const put = (key: string, headers: Record<string, string> = {}) =>
    putObject(world.raw, "held", { key, body: Buffer.from(`behind ${key}`), headers });
  behind = () => write(put);
  const objects = KEYS.map((key) => ({ key, body: Buffer.from(`first ${key}`), headers: SEALED }));
  await fillBucket(world.raw, "held", objects);
  return world;
}

describe("bucket without default encryption", () => {
  test("is not sealed, even if every object is encrypted", async () => {
    const { optionsFor } = await writtenBehind(async () => undefined);
    const { verdict, summary, runDir } = await audit(
      await optionsFor("held", { formats: ["md", "html", "prometheus"] }),
    );
    expect(verdict).toMatchObject({
      kind: "no-default",
      headline: "0 of 3 objects are unencrypted, but held has no default encryption",
    });
    expect(verdict.detail).toContain("At the end of the run no object was newer than the run's own look at it.");
    const arrivals = { listed: 3, younger: 0, sampled: 0, plaintext: 0, unseen: 0, refused: null };
    expect(summary.total.arrivals).toEqual(arrivals);
    expect(JSON.parse(await readFile(join(runDir, "summary.json"), "utf8")).total.arrivals).toEqual(arrivals);
    const page = await readFile(join(runDir, "report.html"), "utf8");
    expect(page).toContain("Not sealed");
    expect(page).not.toContain('class="verdict-word">Sealed<');
    expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
  });

  test("is listed again at the end: later writes are counted, and a sample of them is read", async () => {
    const world = await writtenBehind(async (put) => {
      await put("a");
      await put("new");
      await put("new-encrypted", SEALED);
      await put("tmp/left-out");
    });
    const options = await world.optionsFor("held", { exclude: ["tmp/*"], formats: ["md", "prometheus", "ocsf"] });
    const { verdict, summary, runDir } = await migrate(options);
    expect(summary.total.arrivals).toEqual({
      listed: 4,
      younger: 3,
      sampled: 3,
      plaintext: 2,
      unseen: 0,
      refused: null,
    });
    expect(verdict).toMatchObject({
      kind: "unencrypted-remain",
      headline: "0 of 2 objects seen are unencrypted, but 2 written since are",
    });
    const words = "3 objects were newer than the run's own look; 2 of 3 sampled are not encrypted.";
    for (const name of ["report.md", "ocsf.ndjson"])
      expect(await readFile(join(runDir, name), "utf8")).toContain(words);
    const metrics = await readFile(join(runDir, "report.prom"), "utf8");
    expect(metrics).toMatch(/objects_younger\{[^}]*\} 3\n/);
    expect(metrics).toMatch(/objects_younger_sampled_unencrypted\{[^}]*\} 2\n/);
    expect(metrics).toMatch(/objects_left_out\{[^}]*\} 1\n/);
    expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
  });

  test("does not count copies of the run as later writes", async () => {
    const world = await startWorld();
    await fillBucket(world.raw, "held", [{ key: "plain", body: Buffer.from("plain") }]);
    const { summary, verdict } = await migrate(await world.optionsFor("held"));
    expect(summary.total.outcomes.migrated.objects).toBe(1);
    expect(summary.total.arrivals).toMatchObject({ listed: 1, younger: 0 });
    expect(verdict.kind).toBe("no-default");
  });

  test("is reported if it cannot be listed again", async () => {
    let isDone = false;
    const world = await startWorld({
      intercept: ({ operation }) =>
        isDone && operation === "ListObjectsV2" ? { kind: "error", code: "AccessDenied", status: 403 } : undefined,
    });
    await fillBucket(world.raw, "held", [{ key: "a", body: Buffer.from("a"), headers: SEALED }]);
    const onEvent = (event: { readonly kind: string }) => {
      if (event.kind === "scope-ended") isDone = true;
    };
    const { verdict, summary } = await audit(await world.optionsFor("held", { onEvent }));
    expect(verdict.kind).toBe("no-default");
    expect(verdict.detail).toContain("its objects could not be listed again");
    expect(summary.total.arrivals?.refused).toContain("AccessDenied");
  });
});

describe("bucket with default encryption", () => {
  test("is sealed, and not listed again", async () => {
    const world = await startWorld();
    await fillBucket(world.raw, "held", [{ key: "a", body: Buffer.from("a"), headers: SEALED }]);
    await sendOk(world.raw, { method: "PUT", path: "/held?encryption=", body: Buffer.from(DEFAULT) });
    world.sandbox.resetCalls();
    const { verdict, summary } = await audit(await world.optionsFor("held"));
    expect(verdict).toMatchObject({ kind: "sealed", headline: "0 of 1 object is unencrypted" });
    expect(summary.total.arrivals).toBeUndefined();
    expect(world.sandbox.calls.ListObjectsV2).toBe(1);
  });

  test("is unproven if the default cannot be read", async () => {
    const world = await startWorld({
      intercept: ({ operation }) =>
        operation === "GetBucketEncryption" ? { kind: "error", code: "AccessDenied", status: 403 } : undefined,
    });
    await fillBucket(world.raw, "held", [{ key: "a", body: Buffer.from("a"), headers: SEALED }]);
    const { verdict } = await audit(await world.optionsFor("held"));
    expect(verdict).toMatchObject({
      kind: "unproven",
      headline: "0 of 1 object was seen unencrypted, but the default encryption of held could not be read",
    });
  });
});

describe("isYounger", () => {
  const seen = { etag: "e", lastModified: "2026-01-01T00:00:01.000Z" };
  test.each([
    ["was never seen", { etag: "e", lastModified: "2026-01-01T00:00:01.000Z" }, null, true],
    ["has a later date", { etag: "e", lastModified: "2026-01-01T00:00:02.000Z" }, seen, true],
    ["has another ETag of the same second", { etag: "f", lastModified: "2026-01-01T00:00:01.500Z" }, seen, true],
    ["is the same", { etag: "e", lastModified: "2026-01-01T00:00:01Z" }, seen, false],
    ["is a noncurrent version that came back", { etag: "f", lastModified: "2026-01-01T00:00:00Z" }, seen, false],
    ["has no date, and the same ETag", { etag: "e", lastModified: "" }, seen, false],
  ])("decides for an object that %s", (_, listed, before, expected) => {
    expect(isYounger(listed, before)).toBe(expected);
  });
});
