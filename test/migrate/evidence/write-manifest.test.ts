import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeManifest } from "../../../migrate/evidence/write-manifest.js";

let runDir: string;
beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), "manifest-"));
  await mkdir(join(runDir, "journal"));
  await writeFile(join(runDir, "run.json"), "run");
  await writeFile(join(runDir, "journal", "000001.ndjson"), "é\n");
});
afterEach(() => rm(runDir, { recursive: true }));

const manifest = () => readFile(join(runDir, "manifest.json"), "utf8");

describe("writeManifest", () => {
  it("lists every other file by path, size and SHA-256, sorted", async () => {
    await writeManifest(runDir);
    const sha256 = (text: string | Buffer) => createHash("sha256").update(text).digest("hex");
    const leaf = createHash("sha256").update("\0é").digest();
    expect(JSON.parse(await manifest())).toEqual({
      schema: "bucketseal/manifest/1",
      files: [
        { path: "journal.leaves", bytes: 32, sha256: sha256(leaf) },
        { path: "journal/000001.ndjson", bytes: 3, sha256: sha256("é\n") },
        { path: "run.json", bytes: 3, sha256: sha256("run") },
      ],
      journal: {
        tree: "rfc6962-sha256",
        lines: 1,
        // The root of one leaf is its hash.
        root: leaf.toString("hex"),
        segments: [{ path: "journal/000001.ndjson", lines: 1 }],
      },
    });
    expect(await readFile(join(runDir, "journal.leaves"))).toEqual(leaf);
    expect((await readdir(runDir)).sort()).toEqual(["journal", "journal.leaves", "manifest.json", "run.json"]);
  });

  it("writes the same manifest twice, since it does not list itself", async () => {
    await writeManifest(runDir);
    const first = await manifest();
    await writeManifest(runDir);
    expect(await manifest()).toBe(first);
  });

  it("writes a different manifest if one byte of a file differs", async () => {
    await writeManifest(runDir);
    const first = await manifest();
    await writeFile(join(runDir, "run.json"), "ruN");
    await writeManifest(runDir);
    expect(await manifest()).not.toBe(first);
  });
});
