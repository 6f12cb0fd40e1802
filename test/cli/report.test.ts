import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, plain } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";
import { filesOf } from "./run-folder.js";

describe("bucketseal report", () => {
  let rehearsal: Rehearsal;
  let run: string;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    run = join(rehearsal.folder, "run");
    await createBucket(rehearsal.client, "reported", plain(3));
    await rehearsal.cli("audit", "s3://reported", ...rehearsal.place, "--out", run, "--format", "md");
  });
  afterAll(() => rehearsal.close());

  test("writes formats that the run did not, including OCSF of every object, and the folder verifies", async () => {
    expect(await filesOf(run)).not.toContain("ocsf-all.ndjson");
    const formats = ["--format", "ocsf,inventory,prometheus", "--ocsf", "all"];
    const ran = await rehearsal.cli("report", run, ...formats);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const files = ["ocsf-all.ndjson", "inventory.csv", "inventory-manifest.json", "report.prom"];
    expect(ran.stdout.split("\n").filter((line) => line.startsWith(run))).toEqual(files.map((file) => join(run, file)));
    const lines = (await readFile(join(run, "ocsf-all.ndjson"), "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(4 + 3);
    expect((await readFile(join(run, "inventory.csv"), "utf8")).match(/"NOT-SSE"\n/g)).toHaveLength(3);
    expect(await rehearsal.cli("verify", run)).toMatchObject({ code: 0, stderr: "" });
  });

  test("rejects unknown formats, and reports all problems together", async () => {
    const { code, stderr } = await rehearsal.cli("report", run, "--format", "pdf,orc", "--ocsf", "some");
    expect(code).toBe(2);
    expect(stderr.match(/^error: --(format|ocsf): "(pdf|orc|some)" is not allowed/gm)).toHaveLength(3);
  });
});
