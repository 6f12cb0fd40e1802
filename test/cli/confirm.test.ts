import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canAsk } from "../../cli/commands/confirm.js";
import { createBucket, environmentOf, openRehearsal, plain, plaintextOf, type Rehearsal, sealed } from "./rehearsal.js";
import { filesOf, summaryOf } from "./run-cli.js";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
/** `script` of util-linux gives a command a terminal. */
const HAS_SCRIPT = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");
const WITHOUT = HAS_SCRIPT ? "" : " (skipped: script of util-linux is not installed)";

/** What paints text and moves the cursor. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[\\d;?]*[A-Za-z]`, "g");

interface Answered {
  readonly code: number | null;
  readonly shown: string;
}

/** Runs a command on a terminal of 80 columns, and types this line once it asks. */
function onTerminal({ sandbox, folder }: Rehearsal, args: readonly string[], typed: string): Promise<Answered> {
  const command = ["stty cols 80;", process.execPath, MAIN, ...args].join(" ");
  const env = { PATH: process.env.PATH, HOME: folder, TERM: "xterm", ...environmentOf(sandbox.credentials) };
  const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: folder, env, stdio: "pipe" });
  let shown = "";
  let isTyped = false;
  child.stdout.on("data", (chunk: Buffer) => {
    shown += chunk.toString("utf8");
    if (isTyped || !shown.includes("[y/N]")) return;
    isTyped = true;
    child.stdin.write(typed);
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, shown })));
}

test.each([
  ["a terminal", true, true, {}, true],
  ["a piped stdin", false, true, {}, false],
  ["a stderr that goes to a file", true, false, {}, false],
  ["a pipeline", true, true, { CI: "true" }, false],
  ["a terminal where CI=false", true, true, { CI: "false" }, true],
] as const)("%s: asked %s %s %o is %s", (_, stdin, stderr, env, asked) => {
  expect(canAsk({ stdin: { isTTY: stdin }, stderr: { isTTY: stderr }, env })).toBe(asked);
});

describe("migrate on a terminal", () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
    await createBucket(rehearsal.client, "asked", [...plain(3), ...sealed(2)]);
  });
  afterAll(() => rehearsal.close());
  const plaintext = () => plaintextOf(rehearsal.client, "asked");

  test.runIf(HAS_SCRIPT)(
    `leaves bucket and disk as they are unless the answer is yes, by n and by Ctrl-C${WITHOUT}`,
    async () => {
      const { sandbox, place, folder, writes } = rehearsal;
      sandbox.resetCalls();
      for (const typed of ["n\r", "\r", "\u0003"]) {
        const { code, shown } = await onTerminal(
          rehearsal,
          ["migrate", "s3://asked", ...place, "--out", "declined"],
          typed,
        );
        expect(shown).toContain("up to 5 objects in place? [y/N]");
        expect(shown).toContain("it is the most that can happen");
        expect(shown).toContain("not confirmed: nothing was written");
        expect(code).toBe(130);
        const plan = shown.slice(shown.indexOf("Plan, "), shown.indexOf("[y/N]")).replace(ESCAPES, "");
        expect(Math.max(...plan.split(/\r?\n/).map((line) => line.length))).toBeLessThanOrEqual(80);
      }
      expect(existsSync(join(folder, "declined"))).toBe(false);
      expect(writes()).toBe(0);
      expect(await plaintext()).toHaveLength(3);
    },
  );

  test("is not asked through a pipe, where a dry run has its plan in every report, and lists the bucket once", async () => {
    const { cli, place, folder, sandbox, writes } = rehearsal;
    sandbox.resetCalls();
    const ran = await cli("migrate", "s3://asked", ...place, "--dry-run", "--out", "dry", "--json", "--quiet");
    expect(ran).toMatchObject({ code: 0, stderr: expect.not.stringContaining("[y/N]") });
    expect(writes()).toBe(0);
    // To see that there is a bucket, for the run itself, and for what was written meanwhile: none to count.
    expect(sandbox.calls.ListObjectsV2).toBe(3);
    const { plan } = await summaryOf(join(folder, "dry"));
    expect(plan).toMatchObject({
      from: "inspection",
      complete: true,
      ways: [{ way: "rewrite", guard: "source-and-destination", objects: 3 }],
      encrypted: { objects: 2 },
      cost: { kind: "not-charged" },
    });
    const last = ran.stdout.trim().split("\n").at(-1) ?? "";
    expect(JSON.parse(last)).toMatchObject({ kind: "summary", plan: { from: "inspection" } });
    for (const file of ["report.html", "report.md"]) {
      const text = await readFile(join(folder, "dry", file), "utf8");
      expect(text).toContain("read and write again");
      // What is planned is no exception.
      expect(text).toContain("None: no object that was examined needs a closer look.");
    }
    expect(await cli("verify", "dry")).toMatchObject({ code: 0 });
  });

  test.runIf(HAS_SCRIPT)(
    `goes on after y, and says in the end what it came to, what it set, and what to type next${WITHOUT}`,
    { tags: ["slow"] },
    async () => {
      const { place, folder, cli } = rehearsal;
      const args = ["migrate", "s3://asked", ...place, "--set-default", "--out", "confirmed"];
      const { code, shown } = await onTerminal(rehearsal, args, "y\r");
      expect(code).toBe(0);
      expect(await plaintext()).toEqual([]);
      expect(shown).toMatch(
        /Estimated at most 5 copies .* it took 3 copies .* It sent \d+ requests \(estimates\s+in\s+brackets\)/s,
      );
      expect(shown).toContain("The default encryption of asked is SSE-S3 now");
      expect(shown).toContain("next     bucketseal verify confirmed");
      const run = JSON.parse(await readFile(join(folder, "confirmed", "run.json"), "utf8"));
      expect(run.plan).toMatchObject({ from: "listing", complete: true });
      expect(await filesOf(join(folder, "confirmed"))).toContain("manifest.json");
      expect(await cli("verify", "confirmed")).toMatchObject({ code: 0 });
    },
  );

  test.runIf(HAS_SCRIPT)(
    `is not asked with --yes, nor when a run is resumed${WITHOUT}`,
    { tags: ["slow"] },
    async () => {
      const { place } = rehearsal;
      const resumed = await onTerminal(rehearsal, ["migrate", "--resume", ...place, "--out", "confirmed"], "");
      expect(resumed).toMatchObject({ code: 0, shown: expect.not.stringContaining("[y/N]") });
      const yes = await onTerminal(rehearsal, ["migrate", "s3://asked", ...place, "--yes", "--out", "yes"], "");
      expect(yes).toMatchObject({ code: 0, shown: expect.not.stringContaining("[y/N]") });
    },
  );
});
