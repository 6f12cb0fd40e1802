import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, rawS3 } from "../buckets/raw-s3.js";
import { setVersioning, VERSIONED_BUCKET, wordsOf, writeHistory } from "../migrate/fixtures/versioned-world.js";
import { findExecutable } from "../servers/programs.js";
import { environmentOf, openRehearsal, type Rehearsal } from "./rehearsal.js";
import { summaryOf } from "./run-cli.js";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const SCRIPT = findExecutable("script");

describe("noncurrent versions on the command line", () => {
  let rehearsal: Rehearsal;
  let raw: ReturnType<typeof rawS3>;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    raw = rawS3(rehearsal.sandbox);
    await createBucket(raw, VERSIONED_BUCKET);
    await setVersioning(raw, VERSIONED_BUCKET, "Enabled");
    await writeHistory(raw, "a", [{ plain: "1" }, { plain: "22" }, { sealed: "3" }]);
  });
  afterAll(async () => {
    raw.close();
    await rehearsal.close();
  });
  const migrate = (...args: string[]) =>
    rehearsal.cli("migrate", `s3://${VERSIONED_BUCKET}`, ...rehearsal.place, ...args);

  test("are reported as unencrypted, and fail --fail-on unencrypted", async () => {
    const ran = await rehearsal.cli(
      "audit",
      `s3://${VERSIONED_BUCKET}`,
      ...rehearsal.place,
      "--fail-on",
      "unencrypted",
    );
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("2 noncurrent versions are unencrypted, and no object is");
    expect(ran.stdout).toMatch(/noncurrent versions +2\n +not encrypted +2 +3 B\n/);
  });

  test("stay if there is no terminal and no --yes, and the message names the count and the options", async () => {
    const ran = await migrate("--versions", "purge");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--versions purge would remove 2 noncurrent versions (3 B) of 1 key in plaintext");
    expect(ran.stderr).toContain("nothing was changed: give --yes to confirm it, or --dry-run");
    expect(await wordsOf(raw, "a")).toEqual(["sealed 3", "plain 22", "plain 1"]);
  });

  /** The input of a person on a terminal, once the question is there. */
  function onTerminal(answer: string): Promise<string> {
    const { folder, place, sandbox } = rehearsal;
    const command = [
      process.execPath,
      MAIN,
      "migrate",
      `s3://${VERSIONED_BUCKET}`,
      ...place,
      "--versions",
      "purge",
    ].join(" ");
    const child = spawn(SCRIPT ?? "script", ["-qefc", `stty cols 200; ${command}`, "/dev/null"], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TERM: "xterm", ...environmentOf(sandbox.credentials) },
    });
    let said = "";
    let asked = false;
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (asked || !said.includes("to continue: ")) return;
      asked = true;
      child.stdin.write(`${answer}\n`);
    });
    return new Promise((resolve) => child.on("close", () => resolve(said)));
  }

  if (SCRIPT === undefined || process.platform !== "linux") {
    test.skip("need a typed confirmation (skipped: util-linux's script is not on the PATH)", () => undefined);
  } else {
    test("stay if the typed number is not the count, and are removed if it is", { tags: ["slow"] }, async () => {
      const refused = await onTerminal("3");
      expect(refused).toContain("This will remove 2 noncurrent versions (3 B) of 1 key in plaintext");
      expect(refused).toContain("Type 2 to continue: ");
      expect(refused).toContain("not confirmed: nothing was copied, and nothing was removed");
      expect(await wordsOf(raw, "a")).toEqual(["sealed 3", "plain 22", "plain 1"]);
      expect(await onTerminal("2")).toMatch(/removed +2 +3 B/);
      expect(await wordsOf(raw, "a")).toEqual(["sealed 3"]);
    });
  }

  test("are re-created encrypted with --versions replay --yes, and the totals add up", async () => {
    await writeHistory(raw, "b", [{ plain: "1" }, "deleted", { plain: "2" }]);
    const { cli, place } = rehearsal;
    const replay = ["--versions", "replay", "--yes", "--out", "replayed"];
    const ran = await cli("migrate", `s3://${VERSIONED_BUCKET}/b`, ...place, ...replay);
    expect([ran.code, ran.stderr]).toEqual([0, expect.not.stringContaining("error")]);
    expect(await wordsOf(raw, "b")).toEqual(["sealed 2", "deleted", "sealed 1"]);
    expect(ran.stdout).toMatch(/re-created encrypted +1 +1 B/);
    const { total } = await summaryOf(`${rehearsal.folder}/replayed`);
    expect(total).toMatchObject({ closes: true, noncurrent: { closes: true, replayed: { objects: 1, bytes: 1 } } });
    expect((await rehearsal.cli("verify", "replayed")).code).toBe(0);
  });
});
