import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { makeRunDir } from "../../../migrate/journal/run-folder.js";

afterEach(() => vi.restoreAllMocks());

test("makeRunDir creates the folder and its parents", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-run-dir-"));
  await makeRunDir(join(folder, "a", "b"));
  expect(await readdir(join(folder, "a"))).toEqual(["b"]);
  await rm(folder, { recursive: true });
});

test("makeRunDir fails at once if the working directory was removed", async () => {
  vi.spyOn(process, "cwd").mockImplementation(() => {
    throw Object.assign(new Error("ENOENT: no such file or directory, uv_cwd"), { code: "ENOENT" });
  });
  await expect(makeRunDir("run-1")).rejects.toThrow('run folder "run-1" cannot be used (ENOENT)');
});
