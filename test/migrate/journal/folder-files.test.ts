import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { WriteError } from "../../../migrate/errors.js";
import { audit, migrate, RunError, rewriteReports } from "../../../migrate/index.js";
import {
  createFile,
  makeFolder,
  openToChange,
  readChunks,
  readWhole,
  removeParts,
  UnsafeFileError,
} from "../../../migrate/journal/folder-files.js";
import { makeRunDir } from "../../../migrate/journal/run-folder.js";
import { createRunLock } from "../../../migrate/journal/run-lock.js";
import { stageFile, stageFiles } from "../../../migrate/journal/stage-files.js";
import { collect } from "../../buckets/async-items.js";
import { createBucket } from "../../buckets/raw-s3.js";
import { newFolder, startWorld } from "../../buckets/start-world.js";

describe("folder files", () => {
  let folder: string;
  let secret: string;
  beforeEach(async () => {
    folder = await newFolder();
    secret = join(await newFolder(), "secret");
    await writeFile(secret, "of somebody else");
  });

  const at = (name: string) => join(folder, name);

  const UNUSUAL: Readonly<Record<string, (path: string) => unknown>> = {
    "a link": (path) => symlink(secret, path),
    "a pipe": (path) => execFileSync("mkfifo", [path]),
    "a folder": (path) => mkdir(path),
    "a device": (path) => execFileSync("mknod", [path, "c", "1", "5"]),
  };
  const mayMakeDevices = process.getuid?.() === 0;

  describe("file functions of a run folder", () => {
    test.for(Object.keys(UNUSUAL))("refuse %s, and do not change a link target", async (kind, context) => {
      context.skip(kind === "a device" && !mayMakeDevices, "it takes root to make a device");
      await UNUSUAL[kind]?.(at("file"));
      const ways = [() => readWhole(at("file")), () => collect(readChunks(at("file"))), () => openToChange(at("file"))];
      for (const way of ways) {
        const error = await way().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(UnsafeFileError);
        expect(String(error)).toContain(`is ${kind}, which a run never writes`);
      }
      await expect(createFile(at("file"))).rejects.toThrow(/EEXIST/);
      expect(await readFile(secret, "utf8")).toBe("of somebody else");
    });

    test("refuse a link in place of a folder, and create folders for the owner only", async () => {
      await symlink(await newFolder(), at("journal"));
      await expect(makeFolder(at("journal"))).rejects.toThrow(UnsafeFileError);
      await makeFolder(at("other"));
      expect((await stat(at("other"))).mode & 0o777).toBe(0o700);
    });
  });

  describe("staged file of a run folder", () => {
    test("replaces a link without touching its target, readable only by the owner", async () => {
      await symlink(secret, at("report.csv"));
      for (const left of ["report.csv.part", "report.csv.new"]) await symlink(secret, at(left));
      const staged = await stageFile(at("report.csv"), ["a", Buffer.from("b")]);
      expect((await lstat(at("report.csv"))).isSymbolicLink()).toBe(true);
      await staged.commit();
      expect(await readFile(secret, "utf8")).toBe("of somebody else");
      const found = await lstat(at("report.csv"));
      expect([found.isFile(), found.mode & 0o777]).toEqual([true, 0o600]);
      expect(await readFile(at("report.csv"), "utf8")).toBe("ab");
    });

    test("leaves nothing if its source fails", async () => {
      async function* broken() {
        yield "a";
        throw new Error("unreadable");
      }
      await expect(stageFile(at("report.csv"), broken())).rejects.toThrow("unreadable");
      expect(await readdir(folder)).toEqual([]);
    });

    test("names the file, and replaces none of several, if the disk is full", async () => {
      await writeFile(at("a"), "earlier");
      const files = await stageFiles(folder, async (path, chunks) => {
        if (path.endsWith("b")) throw new WriteError(path, "ENOSPC", null);
        return stageFile(path, chunks);
      });
      await files.put("a", ["later"]);
      await expect(files.put("b", ["later"])).rejects.toThrow(`"${at("b")}" cannot be written (ENOSPC)`);
      await files.discard();
      expect(await readdir(folder)).toEqual(["a"]);
      expect(await readFile(at("a"), "utf8")).toBe("earlier");
    });

    test("names the file if a real disk is full", async (context) => {
      const disk = at("disk");
      await mkdir(disk);
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk], { stdio: "pipe" });
      } catch {
        return context.skip("it takes root to mount a disk of a few bytes");
      }
      try {
        const error = await stageFile(join(disk, "a"), ["x".repeat(100_000)]).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ name: "WriteError", code: "ENOSPC", path: join(disk, "a") });
        expect(await readdir(disk)).toEqual([]);
      } finally {
        execFileSync("umount", [disk]);
      }
    });

    test("is removed by removeParts after a kill; other files stay", async () => {
      const left = ".report.csv.0b0f6f5e-1111-4222-8333-444455556666.part";
      for (const name of [left, ".hidden.part", "report.csv"]) await writeFile(at(name), "x");
      await removeParts(folder);
      expect((await readdir(folder)).sort()).toEqual([".hidden.part", "report.csv"]);
      await rm(at("report.csv"));
    });
  });
});

describe("run folder", () => {
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
});

/** The lock as another process would have written it. */
async function lockOf(runDir: string, holder: { readonly pid: number; readonly host?: string }): Promise<void> {
  const file = { host: hostname(), since: "2026-01-01T00:00:00.000Z", id: "another", ...holder };
  await writeFile(join(runDir, "run.lock"), JSON.stringify(file));
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "0"]);
  await once(child, "exit");
  return child.pid ?? 0;
}

describe("run folder lock", () => {
  it("blocks another lock while it is held, and admits it after the release", async () => {
    const [runDir, first, second] = [await newFolder(), createRunLock(), createRunLock()];
    await first.take(runDir);
    await first.take(runDir);
    await expect(second.take(runDir)).rejects.toThrow(`is in use by process ${process.pid}, since `);
    await first.release();
    expect(await readdir(runDir)).toEqual([]);
    await second.take(runDir);
    await second.release();
  });

  it("is taken over from a dead process, and from an earlier process with the same ID", async () => {
    const runDir = await newFolder();
    for (const pid of [await deadPid(), process.pid]) {
      await lockOf(runDir, { pid });
      const lock = createRunLock();
      await lock.take(runDir);
      expect(JSON.parse(await readFile(join(runDir, "run.lock"), "utf8"))).not.toMatchObject({ id: "another" });
      await lock.release();
      expect(await readdir(runDir)).toEqual([]);
    }
  });

  it("is not taken from a live, remote or unknown process, and the error says what to do", async () => {
    const runDir = await newFolder();
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(child, "spawn");
    try {
      await lockOf(runDir, { pid: child.pid ?? 0 });
      await expect(createRunLock().take(runDir)).rejects.toThrow(/in use by process \d+, since .*: wait for it to end/);
      await lockOf(runDir, { pid: await deadPid(), host: "elsewhere" });
      await expect(createRunLock().take(runDir)).rejects.toThrow(/on elsewhere, since .* delete ".*run\.lock" if that/);
      await writeFile(join(runDir, "run.lock"), "");
      await expect(createRunLock().take(runDir)).rejects.toThrow(/does not say by whom: delete that file if no/);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("is acquired by exactly one of many concurrent takeovers", async () => {
    const runDir = await newFolder();
    await lockOf(runDir, { pid: await deadPid() });
    const takes = await Promise.allSettled(Array.from({ length: 8 }, () => createRunLock().take(runDir)));
    expect(takes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("run folder in use", () => {
  async function world() {
    const { raw, optionsFor } = await startWorld();
    await createBucket(raw, "bucket");
    return optionsFor("bucket");
  }

  it("refuses a resume and a report while a run works in it", async () => {
    const options = await world();
    const seen: unknown[] = [];
    const tell = (error: unknown) => void seen.push(error);
    let others: Promise<unknown> = Promise.resolve();
    const onEvent = ({ kind }: { readonly kind: string }) => {
      if (kind !== "scope-started") return;
      const { out, credentials, endpoint } = options;
      const resumed = migrate({ out, credentials, endpoint, resume: true }).catch(tell);
      others = Promise.all([resumed, rewriteReports(out ?? "", []).catch(tell)]);
    };
    const { runDir } = await migrate({ ...options, onEvent });
    await others;
    expect(seen).toEqual([expect.any(RunError), expect.any(RunError)]);
    expect(String(seen[0])).toContain("is in use by process");
    expect(await readdir(runDir)).not.toContain("run.lock");
    const manifest = await readFile(join(runDir, "manifest.json"), "utf8");
    expect(manifest).not.toContain("run.lock");
  });

  it("accepts a new run if it contains only the lock of a dead process", async () => {
    const options = await world();
    await mkdir(options.out ?? "");
    await lockOf(options.out ?? "", { pid: await deadPid() });
    const { runDir } = await audit(options);
    expect(await readdir(runDir)).not.toContain("run.lock");
  });
});
