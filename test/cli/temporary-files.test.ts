import { execFileSync } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBucket, environmentOf, openRehearsal, plain, plaintextOf, type Rehearsal } from "./rehearsal.js";
import { startCli } from "./run-cli.js";

let rehearsal: Rehearsal;
let keys: string;
beforeAll(async () => {
  rehearsal = await openRehearsal();
  await createBucket(rehearsal.client, "listed", plain(3));
  keys = join(rehearsal.folder, "keys.txt");
  // More than is held in memory.
  const line = "absent/".repeat(20);
  await writeFile(keys, Array.from({ length: 150_000 }, (_, index) => `${line}${index}`).join("\n"));
});
afterAll(() => rehearsal.close());

/** In a process of its own, whose files are closed by its end. */
function migrate(name: string, TMPDIR: string) {
  const { sandbox, folder, place } = rehearsal;
  const args = ["migrate", "s3://listed", ...place, "--manifest", keys, "--out", join(folder, name), "--quiet"];
  return startCli(args, { folder, env: { ...environmentOf(sandbox.credentials), TMPDIR } }).ended;
}

test("migrate reports a missing temporary folder with the remedy, and copies nothing", { tags: ["slow"] }, async () => {
  const { folder, client, sandbox } = rehearsal;
  sandbox.resetCalls();
  const ran = await migrate("absent", join(folder, "nowhere"));
  expect(ran).toMatchObject({ code: 1, stdout: "" });
  expect(ran.stderr.replaceAll(/\s+/g, " ")).toMatch(
    /^error: ".*nowhere" cannot be written \(ENOENT\): sorting data that does not fit in memory needs a folder for temporary files: free some space there or set TMPDIR to another folder/,
  );
  expect(await readdir(folder)).not.toContain("absent");
  expect(sandbox.calls.CopyObject).toBeUndefined();
  expect(await plaintextOf(client, "listed")).toHaveLength(3);
});

test("migrate reports a full temporary folder, and removes its files there", { tags: "slow" }, async (context) => {
  const disk = join(rehearsal.folder, "disk");
  await mkdir(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], { stdio: "pipe" });
  } catch {
    return context.skip("it takes root to mount a small disk");
  }
  try {
    const ran = await migrate("full", disk);
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr.replaceAll(/\s+/g, " ")).toMatch(/disk" cannot be written \(ENOSPC\): sorting .* TMPDIR/);
    // The files that it had begun there are gone.
    expect(await readdir(disk)).toEqual([]);
  } finally {
    execFileSync("umount", [disk]);
  }
});
