import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  DeleteBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  createBucket,
  encryptionOf,
  listing,
  openRehearsal,
  plain,
  plaintextOf,
  type Rehearsal,
  sealed,
} from "./rehearsal.js";

let rehearsal: Rehearsal;
let run = 0;
beforeAll(async () => {
  rehearsal = await openRehearsal({ profile: "reference" });
});
afterAll(() => rehearsal.close());
beforeEach(() => rehearsal.sandbox.changeBehaviour({ deniedBuckets: [], bucketRegions: {} }));

const s3 = (names: readonly string[]) => names.map((name) => `s3://${name}`);
const out = () => {
  run += 1;
  return join(rehearsal.folder, `run-${run}`);
};
const read = (...path: string[]) => readFileSync(join(...path), "utf8");
const summaryOf = (runDir: string) => JSON.parse(read(runDir, "summary.json"));

/** Buckets that encrypt by default, by what they hold. */
async function makeBuckets(buckets: Readonly<Record<string, Parameters<typeof createBucket>[2]>>): Promise<void> {
  const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } }];
  for (const [Bucket, objects] of Object.entries(buckets)) {
    await createBucket(rehearsal.client, Bucket, objects);
    const ServerSideEncryptionConfiguration = { Rules };
    await rehearsal.client.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  }
}

function deny(bucket: string, ...Action: string[]): Promise<unknown> {
  const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  const Statement = [{ Effect: "Deny", Principal: "*", Action, Resource }];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  return rehearsal.client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
}

describe("audit of several buckets, one denied and one absent,", () => {
  const names = ["seen-1", "denied-1", "absent-1", "seen-2"];
  let runDir: string;
  let ran: Awaited<ReturnType<Rehearsal["cli"]>>;
  beforeAll(async () => {
    await makeBuckets({ "seen-1": sealed(3), "denied-1": plain(2), "seen-2": sealed(4) });
    rehearsal.sandbox.changeBehaviour({ deniedBuckets: ["denied-1"] });
    runDir = out();
    ran = await rehearsal.cli("audit", ...s3(names), ...rehearsal.place, "--out", runDir, "--ocsf", "all");
  });

  test("audits the others, reports a result that is not proven, and exits with 1", () => {
    expect(ran).toMatchObject({ code: 1 });
    expect(ran.stdout).toContain("Not proven: 0 of 7 objects are unencrypted, but 2 of 4 locations were not seen");
    expect(ran.stdout).not.toContain("Sealed");
    expect(ran.stdout).toMatch(/locations not seen\s+2\n/);
    expect(ran.stdout).toContain("s3://denied-1/ was not seen (access denied)");
    expect(ran.stderr).toMatch(/warning: s3:\/\/denied-1\/ is not seen: .*AccessDenied/);
    expect(ran.stderr).toMatch(/warning: s3:\/\/absent-1\/ is not seen: bucket "absent-1" does not exist/);
    expect(ran.stderr).toContain("exit code 1: there are locations that were not seen");
  });

  test("records both in the totals with the reason, and leaves an intact folder", async () => {
    const { total, scopes } = summaryOf(runDir);
    expect(total).toMatchObject({ listed: 7, notSeen: 2, closes: false });
    expect(scopes.map(({ unseen }: { unseen?: { because: string } }) => unseen?.because)).toEqual([
      undefined,
      "denied",
      "absent",
      undefined,
    ]);
    expect(scopes.map(({ closes }: { closes: boolean }) => closes)).toEqual([true, false, false, true]);
    expect(await rehearsal.cli("verify", runDir)).toMatchObject({ code: 0, stdout: expect.stringContaining("intact") });
  });

  test("reports the locations not seen in every format", () => {
    const rows = read(runDir, "report.csv").split("\r\n");
    expect(rows.filter((row) => row.includes("not-seen,denied"))).toEqual([
      expect.stringMatching(/^denied-1,,.*AccessDenied/),
    ]);
    for (const file of ["report.html", "report.md"]) {
      expect(read(runDir, file)).toContain("2 of 4 locations were not seen");
      expect(read(runDir, file)).toContain("not seen: access denied");
    }
    const findings = read(runDir, "ocsf-all.ndjson")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const ofBuckets = findings.filter(({ finding_info }) => finding_info.types.includes("bucket-encrypted"));
    const unseen = ofBuckets.filter(({ compliance }) => compliance.checks[0].uid === "bucket-seen");
    expect(ofBuckets).toHaveLength(4);
    expect(unseen.map(({ compliance, resources }) => [resources[0].name, compliance.status_id])).toEqual([
      ["denied-1", 2],
      ["absent-1", 2],
    ]);
    expect(read(runDir, "report.prom")).toContain('bucketseal_scope_seen{bucket="denied-1",prefix=""} 0');
    expect(read(runDir, "report.prom")).toContain('bucketseal_scope_seen{bucket="seen-1",prefix=""} 1');
    expect(read(runDir, "report.prom")).toContain('bucketseal_verdict{verdict="not-seen"} 1');
  });

  test("keeps its --fail-on when resumed, in the exit code and in junit.xml, unless another is given", {
    tags: ["slow"],
  }, async () => {
    await makeBuckets({ "gated-1": plain(1), "gated-2": sealed(1) });
    rehearsal.sandbox.changeBehaviour({ deniedBuckets: ["gated-2"] });
    const dir = out();
    const where = [...rehearsal.place, "--out", dir];
    const gates = ["--fail-on", "unencrypted", "--format", "junit"];
    const first = await rehearsal.cli("audit", ...s3(["gated-1", "gated-2"]), ...where, ...gates);
    expect(first).toMatchObject({ code: 1, stderr: expect.stringContaining("objects that are unencrypted") });
    expect(read(dir, "junit.xml")).toMatch(/<testsuite name="gated-2"[^>]* failures="1"/);
    const other = await rehearsal.cli("audit", "--resume", ...where, "--fail-on", "sse-c");
    expect(other.stderr).not.toContain("objects that are unencrypted");
    expect(read(dir, "junit.xml")).toContain("this run has no --fail-on unencrypted");
    rehearsal.sandbox.changeBehaviour({ deniedBuckets: [] });
    const again = await rehearsal.cli("audit", "--resume", ...where);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("objects that are unencrypted") });
    expect(read(dir, "junit.xml")).toMatch(/<testsuite name="gated-1"[^>]* failures="1"/);
    expect(read(dir, "junit.xml")).toMatch(/<testsuite name="gated-2"[^>]* failures="0"/);
  });

  test("retries both with --resume, completes once they are readable, and then changes nothing", {
    tags: ["slow"],
  }, async () => {
    const still = await rehearsal.cli("audit", "--resume", "--out", runDir, ...rehearsal.place);
    expect(still).toMatchObject({ code: 1, stdout: expect.stringContaining("and 1 of 4 locations was not seen") });
    await makeBuckets({ "absent-1": sealed(1) });
    const heads = rehearsal.sandbox.calls.HeadObject;
    const whole = await rehearsal.cli("audit", "--resume", "--out", runDir, ...rehearsal.place);
    // The denied objects are plaintext, and are seen now.
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining("Not sealed: 2 of 10 objects are") });
    expect(rehearsal.sandbox.calls.HeadObject).toBe((heads ?? 0) + 1);
    expect(summaryOf(runDir).total).toMatchObject({ listed: 10, closes: true });
    expect(summaryOf(runDir).total.notSeen).toBeUndefined();
    const before = read(runDir, "manifest.json");
    const again = await rehearsal.cli("audit", "--resume", "--out", runDir, ...rehearsal.place);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("nothing to resume") });
    expect(read(runDir, "manifest.json")).toBe(before);
    expect((await rehearsal.cli("verify", runDir)).code).toBe(0);
  });
});

test("migrate --all-buckets skips a denied bucket, and --resume migrates it once it is allowed", {
  tags: "slow",
}, async () => {
  const world = await openRehearsal();
  const { client, cli, place, sandbox, folder } = world;
  for (const name of ["a", "b", "c"]) await createBucket(client, `all-${name}`, plain(3));
  const before = await listing(client, "all-b");
  sandbox.changeBehaviour({ deniedBuckets: ["all-b"] });
  const runDir = join(folder, "all");
  const dry = await cli("migrate", "--all-buckets", "--dry-run", ...place, "--quiet");
  expect(dry).toMatchObject({ code: 1, stdout: expect.stringContaining("1 of 3 locations was not seen") });
  expect(world.writes()).toBe(3 + 9);
  const ran = await cli("migrate", "--all-buckets", "--set-default", ...place, "--out", runDir);
  expect(ran).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("0 of 6 objects remain unencrypted, but 1 of 3"),
  });
  sandbox.changeBehaviour({ deniedBuckets: [] });
  expect(await listing(client, "all-b")).toEqual(before);
  expect(await plaintextOf(client, "all-b")).toHaveLength(3);
  for (const name of ["all-a", "all-c"]) expect(await plaintextOf(client, name)).toEqual([]);
  const resumed = await cli("migrate", "--resume", "--out", runDir, ...place);
  expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed: 0 of 9 objects remain") });
  expect(Object.values(await encryptionOf(client, "all-b"))).toEqual(["AES256", "AES256", "AES256"]);
  expect((await cli("verify", runDir)).code).toBe(0);
  await world.close();
});

test("audit exits with 3 and creates no run folder if no bucket is readable", async () => {
  await makeBuckets({ "none-1": plain(1), "none-2": plain(1) });
  rehearsal.sandbox.changeBehaviour({ deniedBuckets: ["none-1", "none-2"] });
  const runDir = out();
  const ran = await rehearsal.cli("audit", ...s3(["none-1", "none-2"]), ...rehearsal.place, "--out", runDir);
  expect(ran).toMatchObject({ code: 3, stdout: "" });
  expect(ran.stderr.match(/error: the credentials are not allowed to read bucket/g)).toHaveLength(2);
  expect(existsSync(runDir)).toBe(false);
});

test("audit stops at once with one message if the credentials are rejected", async () => {
  await makeBuckets({ "wrong-1": plain(1), "wrong-2": plain(1) });
  rehearsal.sandbox.resetCalls();
  const wrong = { ...rehearsal.sandbox.credentials, secretAccessKey: "another" };
  const ran = await rehearsal.as(wrong, "audit", ...s3(["wrong-1", "wrong-2"]), ...rehearsal.place);
  expect(ran).toMatchObject({ code: 3, stdout: "" });
  expect(ran.stderr.match(/error:/g)).toHaveLength(1);
  expect(ran.stderr).toContain("does not accept the credentials");
  expect(rehearsal.sandbox.calls).toEqual({ ListObjectsV2: 1 });
});

test("audit reports a bucket that can be listed but not read as not seen, and audits the others", {
  tags: ["slow"],
}, async () => {
  await makeBuckets({ "unread-1": plain(30), "read-1": sealed(3) });
  await deny("unread-1", "s3:GetObject", "s3:GetObjectVersion");
  const runDir = out();
  const ran = await rehearsal.cli("audit", ...s3(["unread-1", "read-1"]), ...rehearsal.place, "--out", runDir);
  expect(ran).toMatchObject({ code: 1 });
  expect(ran.stdout).toContain("1 of 2 locations was not seen");
  expect(ran.stdout).toContain("s3://unread-1/ was not seen completely, only");
  expect(ran.stdout).toContain("(its first objects all failed)");
  const [unread, good] = summaryOf(runDir).scopes;
  expect(unread).toMatchObject({ unseen: { because: "all-failed" }, closes: false });
  expect(good).toMatchObject({ listed: 3, closes: true });
  expect((await rehearsal.cli("verify", runDir)).code).toBe(0);
});

test("migrate leaves a bucket that it cannot write to unchanged, and migrates the others", {
  tags: ["slow"],
}, async () => {
  await makeBuckets({ "kept-1": [], "moved-1": [] });
  for (const name of ["kept-1", "moved-1"]) await createPlain(name);
  const before = await listing(rehearsal.client, "kept-1");
  await deny("kept-1", "s3:PutObject");
  const runDir = out();
  const ran = await rehearsal.cli("migrate", ...s3(["kept-1", "moved-1"]), ...rehearsal.place, "--out", runDir);
  expect(ran).toMatchObject({ code: 1 });
  expect(ran.stdout).toContain("s3://kept-1/ was not seen (nothing in it can be copied)");
  expect(await listing(rehearsal.client, "kept-1")).toEqual(before);
  expect(await plaintextOf(rehearsal.client, "moved-1")).toEqual([]);
});

/** A bucket without a default, so that what is put is plaintext. */
async function createPlain(name: string): Promise<void> {
  await rehearsal.client.send(new DeleteBucketEncryptionCommand({ Bucket: name }));
  for (const input of plain(3)) await rehearsal.client.send(new PutObjectCommand({ Bucket: name, ...input }));
}

test("verify --live reports a bucket that is no longer readable, and compares the others", {
  tags: ["slow"],
}, async () => {
  await makeBuckets({ "live-1": sealed(2), "live-2": sealed(3) });
  const runDir = out();
  await rehearsal.cli("audit", ...s3(["live-1", "live-2"]), ...rehearsal.place, "--out", runDir);
  expect((await rehearsal.cli("verify", runDir, "--live", ...rehearsal.place)).code).toBe(0);
  rehearsal.sandbox.changeBehaviour({ deniedBuckets: ["live-1"] });
  const live = await rehearsal.cli("verify", runDir, "--live", ...rehearsal.place);
  expect(live).toMatchObject({ code: 1, stderr: expect.stringContaining("s3://live-1/ is not seen: the credentials") });
  expect(live.stdout).toMatch(
    /not all seen: 5 of 5 lines looked up.*\n\s+3\s+as the report says\n\s+2\s+could not be read/,
  );
  rehearsal.sandbox.changeBehaviour({ deniedBuckets: ["live-1", "live-2"] });
  expect(await rehearsal.cli("verify", runDir, "--live", ...rehearsal.place)).toMatchObject({ code: 3 });
});

test("audit reports a bucket in another region as not seen, and names its region", async () => {
  await makeBuckets({ "far-1": sealed(1), "near-1": sealed(1) });
  rehearsal.sandbox.changeBehaviour({ bucketRegions: { "far-1": "rbx" } });
  const ran = await rehearsal.cli("audit", ...s3(["far-1", "near-1"]), ...rehearsal.place);
  expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining("1 of 2 locations was not seen") });
  expect(ran.stdout.replaceAll(/\s+/g, " ")).toContain(
    '(in another region): bucket "far-1" is not in region "gra" but in "rbx"',
  );
});

test("audit --sign signs the number of locations not seen, and the signature verifies", async () => {
  await makeBuckets({ "signed-1": sealed(2), "signed-2": sealed(1) });
  rehearsal.sandbox.changeBehaviour({ deniedBuckets: ["signed-2"] });
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const [key, pub] = ["sign.pem", "sign.pub.pem"].map((name) => join(rehearsal.folder, name));
  writeFileSync(key ?? "", privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  writeFileSync(pub ?? "", publicKey.export({ type: "spki", format: "pem" }));
  const runDir = out();
  const args = [...s3(["signed-1", "signed-2"]), ...rehearsal.place, "--out", runDir, "--sign", key ?? ""];
  expect((await rehearsal.cli("audit", ...args)).code).toBe(1);
  const { payload } = JSON.parse(read(runDir, "manifest.dsse.json"));
  const { totals } = JSON.parse(Buffer.from(payload, "base64").toString()).predicate;
  expect(totals).toMatchObject({ listed: 2, notSeen: 1, closes: false });
  const verified = await rehearsal.cli("verify", runDir, "--public-key", pub ?? "");
  expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/^intact[\s\S]*signed {4}by sha256/) });
});
