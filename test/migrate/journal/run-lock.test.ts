import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { audit, migrate, RunError, rewriteReports } from "../../../migrate/index.js";
import { createRunLock } from "../../../migrate/journal/run-lock.js";
import { createBucket } from "../../buckets/raw-s3.js";
import { newFolder, startWorld } from "../../buckets/start-world.js";

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
