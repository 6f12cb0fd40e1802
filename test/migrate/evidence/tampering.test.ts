import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkRun, readRun } from "../../../migrate/evidence/check-run.js";
import { findingWords } from "../../../migrate/evidence/finding.js";
import { closeRun } from "../../../migrate/run/close-run.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../../length.js";
import { alreadyEncrypted, closedJournal, failed, migrated } from "../fixtures/records.js";
import { FIRST_SEGMENT, runFolder, SECOND_SEGMENT } from "../fixtures/run-folder.js";
import { ed25519 } from "../fixtures/signing-keys.js";

const { signer, publicKey } = ed25519();
const MANIFEST = "manifest.json";
const SIGNATURE = "manifest.dsse.json";
const NUM_RUNS = LONG ? 2000 : 50;

let runDir: string;
/** Every file of the folder, in the order of their paths. */
let files: string[];
beforeAll(async () => {
  runDir = await runFolder(closedJournal([migrated(), alreadyEncrypted({ key: "é" }), failed({ key: "c" })]));
  const run = await readRun(runDir);
  if ("kind" in run) throw new Error("no run");
  await closeRun(runDir, run, [], signer);
  const entries = await readdir(runDir, { recursive: true, withFileTypes: true });
  const all = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  files = all.map((path) => path.slice(runDir.length + 1)).sort();
});
afterAll(() => rm(runDir, { recursive: true }));

const inRun = (path: string) => join(runDir, path);
async function found(publicKeys = [publicKey]) {
  return (await checkRun(runDir, { toolVersion: "0.1.0", publicKeys })).findings;
}

/** The findings while one file has other content; `null` if it is the original content. */
async function foundWith(path: string, change: (bytes: Buffer) => Buffer, publicKeys = [publicKey]) {
  const bytes = await readFile(inRun(path));
  const changed = change(bytes);
  if (changed.equals(bytes)) return null;
  await writeFile(inRun(path), changed);
  try {
    return await found(publicKeys);
  } finally {
    await writeFile(inRun(path), bytes);
  }
}

const asLines = (change: (lines: string[]) => string[]) => (bytes: Buffer) =>
  Buffer.from(change(bytes.toString("latin1").split("\n")).join("\n"), "latin1");
const flip = (at: (bytes: Buffer) => number) => (bytes: Buffer) => {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at(bytes)) ^ 1, at(bytes));
  return changed;
};

const CHANGES: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  "its first byte changed": flip(() => 0),
  "its middle byte changed": flip(({ length }) => length >> 1),
  "its last byte changed": flip(({ length }) => length - 1),
  "its last byte removed": (bytes) => bytes.subarray(0, -1),
  "a line feed appended": (bytes) => Buffer.concat([bytes, Buffer.from("\n")]),
  "its second half cut off": (bytes) => bytes.subarray(0, bytes.length >> 1),
  "nothing in it any more": () => Buffer.alloc(0),
  "zeros in it, as many as there were bytes": ({ length }) => Buffer.alloc(length),
  "its line ends converted to CR LF": asLines((lines) =>
    lines.map((line, at) => (at < lines.length - 1 ? `${line}\r` : line)),
  ),
  "its first line removed": asLines((lines) => lines.slice(1)),
  "its second line removed": asLines((lines) => lines.toSpliced(1, 1)),
  "its last line removed": asLines((lines) => lines.toSpliced(-2, 1)),
  "its first two lines swapped": asLines(([first = "", second = "", ...rest]) => [second, first, ...rest]),
  "its first line appended again": asLines((lines) => lines.toSpliced(-1, 0, lines[0] ?? "")),
  "what another file holds": () => Buffer.from("{}\n"),
};

describe("checkRun on a changed file of a signed run", () => {
  test.each(Object.keys(CHANGES))("names the file if it has %s", { tags: ["slow"] }, async (name) => {
    const missed: string[] = [];
    let changed = 0;
    for (const path of files) {
      const findings = await foundWith(path, CHANGES[name] ?? ((bytes) => bytes));
      changed += findings === null ? 0 : 1;
      if (findings !== null && !findings.some((finding) => finding.path === path)) missed.push(path);
    }
    expect(missed).toEqual([]);
    // The hashes of the lines appear in no line.
    expect(changed).toBeGreaterThanOrEqual(files.length - 1);
    expect(await found()).toEqual([]);
  });
});

describe("checkRun on a replaced or missing file of a signed run", () => {
  test.each<[string, (path: string, aside: string) => Promise<void>]>([
    ["missing", (path) => rm(path)],
    ["replaced by a link to what it held", (path, aside) => symlink(aside, path)],
    ["replaced by a folder", (path) => mkdir(path).then(() => writeFile(join(path, "file"), ""))],
    ["under another name", (path) => rename(`${path}`, `${path}.old`)],
  ])("names the file if it is %s", { tags: ["slow"] }, async (name, tamper) => {
    const missed: string[] = [];
    for (const path of files) {
      const aside = `${runDir}-aside`;
      const bytes = await readFile(inRun(path));
      await writeFile(aside, bytes);
      if (name.startsWith("replaced")) await rm(inRun(path));
      await tamper(inRun(path), aside);
      if (!(await found()).some((finding) => finding.path === path)) missed.push(path);
      for (const left of [path, `${path}.old`]) await rm(inRun(left), { recursive: true, force: true, maxRetries: 10 });
      await writeFile(inRun(path), bytes);
      await rm(aside);
    }
    expect(missed).toEqual([]);
    expect(await found()).toEqual([]);
  });
});

describe("checkRun on extra files", () => {
  test.each<[string, string, (path: string) => Promise<unknown>]>([
    ["a file beside the others", "notes.txt", (path) => writeFile(path, "")],
    ["a hidden one", ".hidden", (path) => writeFile(path, "x")],
    ["one that is named like the lock", "run.lock.json", (path) => writeFile(path, "x")],
    ["one in the journal", "journal/notes.txt", (path) => writeFile(path, "x")],
    ["a segment more", "journal/000003.ndjson", (path) => writeFile(path, "")],
    [
      "a segment that is doubled",
      "journal/000003.ndjson",
      async (path) => writeFile(path, await readFile(inRun(SECOND_SEGMENT))),
    ],
    ["a link", "link", (path) => symlink("/dev/zero", path)],
    ["an empty folder", "more", (path) => mkdir(path)],
  ])("names %s", async (_, path, make) => {
    await make(inRun(path));
    const findings = await found();
    await rm(inRun(path), { recursive: true });
    expect(findings).toContainEqual(expect.objectContaining({ kind: "file-extra", path }));
  });

  test("names a file in place of the journal, and the missing segments", async () => {
    await rename(inRun("journal"), `${runDir}-aside`);
    await writeFile(inRun("journal"), "x");
    const findings = await found();
    await rm(inRun("journal"));
    await rename(`${runDir}-aside`, inRun("journal"));
    expect(findings.map(({ kind, path }) => `${kind} ${path}`).slice(0, 3)).toEqual([
      `file-missing ${FIRST_SEGMENT}`,
      `file-missing ${SECOND_SEGMENT}`,
      "file-extra journal",
    ]);
  });

  test("reports a left lock as such, and a file that only resembles one as extra", async () => {
    const holder = { pid: 1, host: "h", since: "2026-01-01T00:00:00.000Z", id: "i" };
    for (const [text, kind] of [
      ["{}", "file-extra"],
      [`${JSON.stringify({ ...holder, more: "hidden" })}\n`, "file-extra"],
      [`${JSON.stringify(holder)}\n\n`, "file-extra"],
      [`${JSON.stringify(holder)}\n`, "lock-left"],
    ] as const) {
      await writeFile(inRun("run.lock"), text);
      expect(await found()).toEqual([{ kind, path: "run.lock" }]);
    }
    await rm(inRun("run.lock"));
  });
});

describe("checkRun on an edited manifest", () => {
  /** Every piece of text in it that says something, with another in its place. */
  const edits = (text: string): string[] =>
    [...text.matchAll(/"[^"]*"|\d+/g)].map(({ 0: piece, index }) => {
      const other = piece.startsWith('"') ? `"x${piece.slice(2)}` : String(Number(piece) + 1);
      return text.slice(0, index) + other + text.slice(index + piece.length);
    });

  test("reports a signed manifest with any edit as not signed", async () => {
    const text = await readFile(inRun(MANIFEST), "utf8");
    const all = edits(text);
    expect(all.length).toBeGreaterThan(60);
    const sampled = LONG ? all : all.filter((_, index) => index % 8 === 0);
    for (const edited of sampled) {
      const findings = (await foundWith(MANIFEST, () => Buffer.from(edited))) ?? [];
      expect(findings).toContainEqual(expect.objectContaining({ kind: "manifest-not-signed", path: MANIFEST }));
    }
  });

  test("finds any edit of an unsigned manifest, and names it or the file that it describes", async () => {
    const envelope = await readFile(inRun(SIGNATURE));
    await rm(inRun(SIGNATURE));
    const text = await readFile(inRun(MANIFEST), "utf8");
    for (const edited of LONG ? edits(text) : edits(text).filter((_, index) => index % 8 === 1)) {
      const findings = (await foundWith(MANIFEST, () => Buffer.from(edited), [])) ?? [];
      expect(findings).not.toEqual([]);
      expect(findings.map(findingWords).join()).toMatch(/manifest|missing/);
    }
    await writeFile(inRun(SIGNATURE), envelope);
    expect(await found()).toEqual([]);
  });
});

test("checkRun names the file of any single changed byte", { tags: ["slow"], timeout: SWEEP_TIMEOUT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 1, max: 255 }),
      async (file, share, mask) => {
        const path = files[file % files.length] ?? "";
        const findings = await foundWith(path, (bytes) => {
          const changed = Buffer.from(bytes);
          const at = Math.floor(bytes.length * share);
          changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
          return changed;
        });
        expect(findings?.map((finding) => finding.path)).toContain(path);
      },
    ),
    { numRuns: NUM_RUNS },
  );
});

test("checkRun names the line of any single changed byte", { tags: ["slow"], timeout: SWEEP_TIMEOUT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(FIRST_SEGMENT, SECOND_SEGMENT),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 1, max: 255 }),
      async (path, share, mask) => {
        let [line, isEnd] = [0, false];
        const findings = await foundWith(path, (bytes) => {
          const changed = Buffer.from(bytes);
          const at = Math.floor(bytes.length * share);
          isEnd = at === bytes.length - 1;
          line = bytes.subarray(0, at).toString("latin1").split("\n").length;
          changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
          return changed;
        });
        // The last line feed is no part of a line, unless it became one.
        const told = isEnd
          ? { kind: expect.stringMatching(/^line-(edited|ends-changed)$/), path }
          : { kind: "line-edited", path, line };
        expect(findings).toContainEqual(expect.objectContaining(told));
      },
    ),
    { numRuns: NUM_RUNS, examples: [[FIRST_SEGMENT, 1 - 2 ** -20, 0x0a ^ 0x0d]] },
  );
});
