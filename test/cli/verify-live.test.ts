import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, sealed } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";

/** Of the minute before, so that two writes fall into one second. */
const TIME = new Date(Date.now() - 60_000);

describe("bucketseal verify --live", () => {
  let rehearsal: Rehearsal;
  let runDir: string;
  let clock = () => TIME;
  const live = () => ["--live", "--endpoint", rehearsal.sandbox.endpoint];
  beforeAll(async () => {
    rehearsal = await openRehearsal({ clock: () => clock() });
    runDir = join(rehearsal.folder, "run");
    await createBucket(rehearsal.client, "held", sealed(30));
    await rehearsal.cli("audit", "s3://held", ...rehearsal.place, "--out", runDir);
  });
  afterAll(() => rehearsal.close());

  test("confirms the report from a sample at the given endpoint, and writes nothing", async () => {
    rehearsal.sandbox.resetCalls();
    const { code, stdout, stderr } = await rehearsal.cli(
      "verify",
      runDir,
      ...["--live", "--endpoint", rehearsal.sandbox.endpoint],
      ...["--sample", "10", "--seed", "4", "--count-new"],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^intact: /);
    expect(stdout).toContain("not contradicted: 10 of 30 lines looked up, drawn by seed 4, at http://127.0.0.1:");
    expect(stdout).toMatch(/ 10 {2}as the report says\n +0 {2}objects there that the report does not know of\n$/);
    expect(rehearsal.writes()).toBe(0);
    expect(rehearsal.sandbox.calls.HeadObject).toBe(10);
  });

  test("exits with 1 for contradictions, and lists later changes as changed or gone", async () => {
    const { client, cli } = rehearsal;
    clock = () => new Date();
    await client.send(new DeleteObjectCommand({ Bucket: "held", Key: "sealed/0000" }));
    await client.send(new PutObjectCommand({ Bucket: "held", Key: "sealed/0001", Body: "other" }));
    const changed = await cli("verify", runDir, ...live(), "--json");
    const lines = changed.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    // What was written since is plaintext.
    expect(changed.code).toBe(1);
    expect(
      lines
        .slice(0, -1)
        .map(({ key, result }) => [key, result])
        .toSorted(),
    ).toEqual([
      ["sealed/0000", "gone"],
      ["sealed/0001", "changed"],
    ]);
    expect(lines.at(-1)).toMatchObject({
      kind: "verify",
      intact: true,
      live: { lines: 30, unencrypted: 1, results: { same: 28, changed: 1, gone: 1 } },
    });
    clock = () => TIME;
    await client.send(new PutObjectCommand({ Bucket: "held", Key: "sealed/0002", Body: "plaintext sealed/2" }));
    const sealedAgain = { Bucket: "held", Key: "sealed/0001", ServerSideEncryption: "AES256" } as const;
    clock = () => new Date();
    await client.send(new PutObjectCommand({ ...sealedAgain, Body: "other" }));
    const contradicted = await cli("verify", runDir, ...live());
    expect(contradicted.code).toBe(1);
    expect(contradicted.stdout).toContain("contradicted: 30 of 30 lines looked up at");
    expect(contradicted.stderr).toMatch(
      /^error: s3:\/\/held\/sealed\/0002 \(journal\/000001\.ndjson line \d+\): contradicts the report: encryption was sse-s3, and is none\n$/,
    );
  });

  test("exits with 2 for wrong usage, with 3 for rejected credentials, and with 1 for an edited folder", async () => {
    const { cli, as, sandbox } = rehearsal;
    const stranger = { ...sandbox.credentials, secretAccessKey: "another-secret-than-that" };
    const [alone, both, refused] = await Promise.all([
      cli("verify", runDir, "--sample", "10"),
      cli("verify", runDir, "--live", "--prove", "sealed/0003"),
      as(stranger, "verify", runDir, ...live()),
    ]);
    expect(alone).toMatchObject({ code: 2, stderr: "error: --sample is of --live: give that too, or leave it out\n" });
    expect(both).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--live compares the report with the bucket"),
    });
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("does not accept the credentials") });
    await appendFile(join(runDir, "run.json"), " ");
    const changed = await cli("verify", runDir, ...live());
    expect(changed).toMatchObject({ code: 1, stdout: expect.stringContaining("not compared with the bucket") });
  });
});
