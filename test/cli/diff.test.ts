import { join } from "node:path";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, openRehearsal, plain, type Rehearsal, sealed } from "./rehearsal.js";

const HOSTILE = "new/\u001b[2J\u202e\nsecond line";

describe("bucketseal diff", () => {
  let rehearsal: Rehearsal;
  let earlier: string;
  let later: string;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    const { client, folder, place, cli } = rehearsal;
    [earlier, later] = [join(folder, "earlier"), join(folder, "later")];
    await createBucket(client, "held", [...plain(3), ...sealed(3)]);
    await cli("audit", "s3://held", ...place, "--out", earlier);
    await cli("migrate", "s3://held/plain/", ...place, "--assume", "documented");
    await client.send(new PutObjectCommand({ Bucket: "held", Key: "sealed/0000", Body: "in plaintext" }));
    await client.send(new PutObjectCommand({ Bucket: "held", Key: HOSTILE, Body: "new" }));
    await client.send(new DeleteObjectCommand({ Bucket: "held", Key: "sealed/0001" }));
    await cli("audit", "s3://held", ...place, "--out", later);
  });
  afterAll(() => rehearsal.close());

  test("counts changes, names regressed and new plaintext objects, and escapes control characters", async () => {
    const { code, stdout, stderr } = await rehearsal.cli("diff", earlier, later);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/became encrypted +3 /);
    expect(stdout).toMatch(/regressed: encrypted before, but not now +1 /);
    expect(stdout).toMatch(/new +1 .*\n +of these not encrypted +1 /);
    expect(stdout).toMatch(/gone +1 /);
    expect(stdout).toMatch(/in the same state +1 /);
    expect(stdout).toContain("  s3://held/sealed/0000: SSE-S3 (AES256), then not encrypted by the store\n");
    expect(stdout).toContain("s3://held/new/<U+001B>[2J<U+202E><U+000A>second line");
    expect(stdout).not.toContain("\u001b");
    expect(stdout).not.toContain("\u202e");
  });

  test("prints one line per difference with --json, the totals last", async () => {
    const { code, stdout } = await rehearsal.cli("diff", earlier, later, "--json");
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(lines.slice(0, -1).map(({ key, change }) => [key, change])).toEqual([
      [HOSTILE, "new"],
      ["plain/0000", "encrypted"],
      ["plain/0001", "encrypted"],
      ["plain/0002", "encrypted"],
      ["sealed/0000", "regressed"],
      ["sealed/0001", "gone"],
    ]);
    expect(lines.at(-1)).toMatchObject({ kind: "diff", totals: { objects: { encrypted: { objects: 3 } } } });
  });

  test("exits with 1 if a --fail-on change exists, with 0 if none does, and with 2 for an unknown name", async () => {
    const { cli } = rehearsal;
    const [found, absent, unknown] = await Promise.all([
      cli("diff", earlier, later, "--fail-on", "gone", "--fail-on", "regressed,changed"),
      cli("diff", earlier, earlier, "--fail-on", "regressed,gone,new,new-unencrypted,changed,not-compared"),
      cli("diff", earlier, later, "--fail-on", "worse"),
    ]);
    expect(found).toMatchObject({ code: 1, stderr: "exit code 1: there are objects that are gone, regressed\n" });
    expect(absent).toMatchObject({ code: 0, stderr: "" });
    expect(unknown).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining('"worse" is not allowed') });
  });
});
