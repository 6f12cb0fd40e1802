import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBucket, plain } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await openRehearsal();
});
afterAll(() => rehearsal.close());

test("migrate --capabilities accepts the output of probe --json, and records it in run.json", async () => {
  const { client, cli, place, folder } = rehearsal;
  await createBucket(client, "probed-once", plain(2));
  const probed = await cli("probe", "s3://probed-once", "--json", ...place);
  expect(probed.code).toBe(0);
  await writeFile(join(folder, "probe.ndjson"), probed.stdout);
  const options = [...place, "--capabilities", "probe.ndjson", "--out", "by-probe", "--quiet"];
  const { code, stderr } = await cli("migrate", "s3://probed-once", ...options);
  expect({ code, stderr: stderr.includes("error") }).toEqual({ code: 0, stderr: false });
  const run = JSON.parse(await readFile(join(folder, "by-probe", "run.json"), "utf8"));
  // The guide's store ignores If-Match on CopyObject, and honours it where an upload is completed.
  expect(run.capabilities).toMatchObject({
    from: "probe",
    values: { copyIfMatch: false, copySourceIfMatch: true, completeMultipartIfMatch: true },
  });
});

test("migrate --capabilities rejects the probe of another bucket before anything is written", async () => {
  const { client, cli, place, folder, sandbox, writes } = rehearsal;
  await createBucket(client, "probed-twice", plain(1));
  const probed = await cli("probe", "s3://probed-twice", "--json", ...place);
  await writeFile(join(folder, "other.ndjson"), probed.stdout);
  sandbox.resetCalls();
  const { code, stderr } = await cli("migrate", "s3://elsewhere", ...place, "--capabilities", "other.ndjson");
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: --capabilities: "other\.ndjson" is a probe of bucket "probed-twice" at /);
  expect(writes()).toBe(0);
});
