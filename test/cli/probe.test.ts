import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectLockConfigurationCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TOPIC_WORDS } from "../../migrate/probe/words.js";
import type { SandboxUser } from "../../sandbox/index.js";
import { afterStore, createBucket, listing, openRehearsal, plain, type Rehearsal } from "./rehearsal.js";

const ADMIN: SandboxUser = { accessKeyId: "ADMIN", secretAccessKey: "admin-secret" };
const READER: SandboxUser = { accessKeyId: "READER", secretAccessKey: "reader-secret", deny: ["s3:PutObject"] };
const KEEPER: SandboxUser = { accessKeyId: "KEEPER", secretAccessKey: "keeper-secret", deny: ["s3:Delete*"] };

let rehearsal: Rehearsal;
/** How long the store takes for one copy. */
let copyMs = 0;
beforeAll(async () => {
  rehearsal = await openRehearsal({
    users: [ADMIN, READER, KEEPER],
    intercept: ({ operation }) => (operation === "CopyObject" ? { kind: "delay", ms: copyMs } : undefined),
  });
});
afterAll(() => rehearsal.close());

function linesOf(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("bucketseal probe", () => {
  test("prints found, documented and seen in columns, and leaves the bucket unchanged", async () => {
    const { client, cli, place } = rehearsal;
    await createBucket(client, "table", plain(3));
    await client.send(
      new PutBucketVersioningCommand({ Bucket: "table", VersioningConfiguration: { Status: "Enabled" } }),
    );
    const before = await listing(client, "table");
    const { code, stdout, stderr } = await cli("probe", "s3://table/some/", ...place);
    expect(code).toBe(0);
    expect(afterStore(stderr)).toMatch(
      /^writing test objects, .* under s3:\/\/table\/some\/\.bucketseal-probe-[\w-]+\/\n$/,
    );
    const lines = stdout.split("\n");
    const [heading = ""] = lines;
    const [found, documented, seen] = ["found", "documented", "seen"].map((word) => heading.indexOf(word));
    for (const words of Object.values(TOPIC_WORDS)) {
      const line = lines.find((one) => one.startsWith(`  ${words} `)) ?? "";
      expect([words, line.slice(0, found).trim(), line[Number(found) - 1]]).toEqual([words, words, " "]);
      for (const column of [found, documented, seen]) expect(line.slice(Number(column) - 1)).toMatch(/^ \S/);
    }
    expect(stdout).toMatch(/^ {2}versioning +enabled +supported +the bucket says Enabled$/m);
    expect(stdout).toMatch(/^ {2}If-Match on CopyObject +no +undocumented +a wrong ETag was accepted$/m);
    expect(stdout).toContain("table: no finding contradicts the provider's documentation\n");
    expect(await listing(client, "table")).toEqual(before);
  });

  test("marks findings that contradict the documentation", { tags: ["slow"] }, async () => {
    const { client, cli, place } = rehearsal;
    await createBucket(client, "marked");
    const asAws = place.map((word) => (word === "ovhcloud" ? "aws" : word));
    const { code, stdout } = await cli("probe", "s3://marked", ...asAws);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}If-Match on CopyObject +! no +supported +/m);
    expect(stdout).toContain("marked: 1 of these contradict the provider's documentation, marked with !\n");
  });

  test("prints one JSON object per finding with --json, and a last one with the capabilities", {
    tags: ["slow"],
  }, async () => {
    const { client, cli, place } = rehearsal;
    await createBucket(client, "json");
    const { code, stdout } = await cli("probe", "s3://json", ...place, "--json");
    expect(code).toBe(0);
    const lines = linesOf(stdout);
    const whole = lines.at(-1);
    const findings = lines.slice(0, -1);
    expect(findings.map(({ topic }) => topic)).toEqual(Object.keys(TOPIC_WORDS));
    expect(findings).toContainEqual({
      kind: "finding",
      found: "no",
      topic: "copy-if-match",
      evidence: { operation: "copyObject", status: 200, code: null, detail: "a wrong ETag was accepted" },
      documented: { says: "undocumented", source: "undocumented: probe it" },
    });
    expect(whole).toMatchObject({
      kind: "probe",
      bucket: "json",
      provider: "ovhcloud",
      end: "completed",
      obstacle: null,
      leftovers: [],
      capabilities: { copyIfMatch: false, completeMultipartIfMatch: true, selfCopy: true },
    });
  });

  test("writes nothing to a bucket that locks new objects by default, says so, and exits with 0", async () => {
    const { client, sandbox, cli, place, writes } = rehearsal;
    const Bucket = "locking";
    await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
    const Rule = { DefaultRetention: { Mode: "GOVERNANCE" as const, Days: 1 } };
    const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled" as const, Rule };
    await client.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
    sandbox.resetCalls();
    const { code, stdout, stderr } = await cli("probe", `s3://${Bucket}`, ...place);
    expect({ code, said: afterStore(stderr), writes: writes() }).toEqual({ code: 0, said: "", writes: 0 });
    expect(stdout).toMatch(/^ {2}Object Lock +locks by default +supported/m);
    expect(stdout).toContain("locking: found by reading only: the bucket locks every new object by default");
  });

  test("names the missing right and exits with 1 if it cannot write, and prints what reading shows", async () => {
    const { client, as, place } = rehearsal;
    await createBucket(client, "reader");
    const { code, stdout, stderr } = await as(READER, "probe", "s3://reader", ...place);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: permissions are missing: one or more of .*s3:PutObject/m);
    expect(stdout).toMatch(/^ {2}versioning +never /m);
    expect(stdout).toMatch(/^ {2}UploadPartCopy +not observable /m);
    expect(await listing(client, "reader")).toEqual([]);
  });

  test("names an object that it could not delete on stderr, and exits with 1", { tags: ["slow"] }, async () => {
    const { client, as, place } = rehearsal;
    await createBucket(client, "keeper");
    const { code, stderr } = await as(KEEPER, "probe", "s3://keeper", ...place);
    expect(code).toBe(1);
    const left = await listing(client, "keeper");
    expect(left).toHaveLength(1);
    expect(stderr).toContain(`error: s3://keeper/${left[0]?.key}, version null, could not be deleted (AccessDenied)`);
    expect(stderr).toMatch(/s3:DeleteObject\b/);
  });

  test("exits with 3 if the bucket does not exist, and with 2 for bad options, naming each", async () => {
    const { sandbox, cli, place } = rehearsal;
    const missing = await cli("probe", "s3://missing", ...place);
    expect(missing).toMatchObject({ code: 3, stdout: "" });
    expect(missing.stderr).toContain('bucket "missing" does not exist');
    sandbox.resetCalls();
    const bad = await cli("probe", "table", "--provider", "nobody", "--writes-per-second", "many");
    expect(bad).toMatchObject({ code: 2, stdout: "" });
    for (const word of ['"nobody"', '"many"', '"table"']) expect(bad.stderr).toContain(word);
    expect(await cli("probe")).toMatchObject({ code: 2, stdout: "" });
    expect(await cli("probe", "s3://one", "s3://two", ...place)).toMatchObject({ code: 2, stdout: "" });
    expect(sandbox.calls).toEqual({});
  });

  test("deletes its test objects on SIGINT, and exits with 130", { tags: ["slow"] }, async () => {
    const { client, sandbox, start, place } = rehearsal;
    await createBucket(client, "stopped");
    copyMs = 200;
    sandbox.resetCalls();
    const running = start("probe", "s3://stopped", ...place, "--json");
    await running.said("writing test objects");
    while ((sandbox.calls.CopyObject ?? 0) < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    copyMs = 0;
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted:");
    expect(linesOf(stdout).at(-1)).toMatchObject({ kind: "probe", end: "interrupted", leftovers: [] });
    expect(await listing(client, "stopped")).toEqual([]);
  });
});
