import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, sealed } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";
import { summaryOf } from "./run-folder.js";

/** Of the minute before, so that two writes fall into one second. */
const TIME = new Date(Date.now() - 60_000);

describe("bucketseal audit --baseline", () => {
  let rehearsal: Rehearsal;
  let first: string;
  const out = (name: string) => join(rehearsal.folder, name);
  const audit = (...args: string[]) => rehearsal.cli("audit", "s3://held", ...rehearsal.place, ...args);
  beforeAll(async () => {
    rehearsal = await openRehearsal({ clock: () => TIME });
    first = out("first");
    await createBucket(rehearsal.client, "held", sealed(90));
    await audit("--out", first);
  });
  afterAll(() => rehearsal.close());

  test("reads only the sample, names the baseline, and leaves a folder that verifies", async () => {
    const { sandbox, cli } = rehearsal;
    sandbox.resetCalls();
    const { code, stdout, stderr } = await audit("--baseline", first, "--baseline-seed", "3", "--out", out("again"));
    expect({ code, calls: sandbox.calls.HeadObject, lists: sandbox.calls.ListObjectsV2 }).toEqual({
      code: 0,
      calls: 30,
      // Once more at the end, since the bucket has no default encryption.
      lists: 2,
    });
    expect(stderr).toContain(`reading ${first}\n`);
    expect(stdout).toContain("Not sealed: 0 of 90 objects are unencrypted, but held has no default encryption");
    const { total } = await summaryOf(out("again"));
    expect(total).toMatchObject({
      closes: true,
      evidenceNow: { baseline: { objects: 60 }, "head-header": { objects: 30 } },
    });
    expect(await cli("verify", out("again"))).toMatchObject({ code: 0 });
  });

  test("reports once that the baseline was discarded, with the object, and recounts every object", async () => {
    const { client, sandbox } = rehearsal;
    for (let index = 0; index < 90; index += 1) {
      const key = `sealed/${String(index).padStart(4, "0")}`;
      await client.send(new PutObjectCommand({ Bucket: "held", Key: key, Body: `plaintext sealed/${index}` }));
    }
    sandbox.resetCalls();
    const { code, stdout, stderr } = await audit("--baseline", first, "--json", "--out", out("dropped"));
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string; total?: object });
    const at = lines.findIndex(({ kind }) => kind === "baseline-dropped");
    expect(code).toBe(0);
    expect(stderr.match(/the baseline does not hold, and every object is read: s3:\/\/held\/sealed\//g)).toHaveLength(
      1,
    );
    expect(lines.slice(at).filter(({ kind }) => kind === "outcome")).toHaveLength(90);
    expect(lines.at(-1)).toMatchObject({
      kind: "summary",
      total: { statesNow: { none: { objects: 90 } }, closes: true },
    });
  });

  test("restricts an audit to the keys of --manifest, and rejects bad lines, options and baselines", async () => {
    const [keys, wrong] = [out("keys.txt"), out("wrong.txt")];
    await writeFile(keys, "sealed/0001\nsealed/0002\nabsent\n");
    await writeFile(wrong, "sealed/0001\n\nsealed/0002\r\n");
    await appendFile(join(out("again"), "summary.json"), " ");
    const [kept, bad, edited, alone] = await Promise.all([
      audit("--manifest", keys, "--out", out("kept")),
      audit("--manifest", wrong),
      audit("--baseline", out("again")),
      audit("--baseline-sample", "101%", "--manifest-format", "orc"),
    ]);
    expect(kept).toMatchObject({ code: 0, stdout: expect.stringMatching(/ {2}not found +1 /) });
    expect(kept.stdout).not.toContain("Sealed");
    expect((await summaryOf(out("kept"))).total).toMatchObject({
      listed: 3,
      closes: true,
      outcomes: { "not-found": { objects: 1 } },
    });
    expect(bad).toMatchObject({ code: 2, stdout: "" });
    expect(bad.stderr).toContain('error: --manifest: "wrong.txt" line 2: it is empty, as no key is\n');
    expect(bad.stderr).toContain('error: --manifest: "wrong.txt" line 3: it ends with a carriage return');
    expect(edited).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/error: --baseline: ".*again" does not hold \(summary\.json/),
    });
    expect(alone.stderr.match(/error: --(baseline-sample|manifest-format)/g)).toHaveLength(2);
  });
});
