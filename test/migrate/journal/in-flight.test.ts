import { appendFile, copyFile, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type MigrateOptions, migrate, readJournal } from "../../../migrate/index.js";
import { type BegunCopy, openInFlight } from "../../../migrate/journal/in-flight.js";
import { newFolder, startWorld } from "../../buckets/start-world.js";
import { carried, facts } from "../fixtures/facts.js";

const attempt = (key: string): BegunCopy => ({ facts: facts({ key }), carried: carried(), strategy: "copy" });
const place = (key: string) => ({ bucket: "bucket", key });
const FILE = "in-flight.ndjson";

describe("in-flight.ndjson", () => {
  it("shows unfinished attempts after a kill, and ignores a torn line", async () => {
    const [folder, later] = [await newFolder(), await newFolder()];
    const killed = await openInFlight(folder);
    await Promise.all(["a", "b", "c"].map((key) => killed.begin(attempt(key))));
    killed.settle(place("b"));
    await copyFile(join(folder, FILE), join(later, FILE));
    await appendFile(join(later, FILE), JSON.stringify(attempt("d")).slice(0, -9));
    await killed.close();
    const next = await openInFlight(later);
    // An outcome that is in the journal is not asked for again.
    expect(next.earlier(place("a"))).toEqual(attempt("a"));
    expect(next.earlier(place("c"))).toEqual(attempt("c"));
    expect(next.earlier(place("d"))).toBeUndefined();
    await next.close();
  });

  it("keeps only unfinished attempts, and is deleted if there are none", async () => {
    const folder = await newFolder();
    const first = await openInFlight(folder);
    await first.begin(attempt("a"));
    await first.begin(attempt("b"));
    first.settle(place("a"));
    await first.close();
    expect((await readFile(join(folder, FILE), "utf8")).match(/"key"/g)).toHaveLength(1);
    const second = await openInFlight(folder);
    second.settle(place("b"));
    await second.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it("takes no more space than the attempts in flight", { tags: ["slow"] }, async () => {
    const folder = await newFolder();
    const inFlight = await openInFlight(folder, 10_000);
    for (let n = 0; n < 500; n += 1) {
      await inFlight.begin(attempt(`k${n}`));
      if (n !== 7) inFlight.settle(place(`k${n}`));
    }
    expect((await stat(join(folder, FILE))).size).toBeLessThan(12_000);
    await inFlight.close();
    const next = await openInFlight(folder);
    expect(next.earlier(place("k7"))).toEqual(attempt("k7"));
    await next.close();
  });

  it("contains no customer key", async () => {
    const folder = await newFolder();
    const inFlight = await openInFlight(folder);
    const key = { md5: "m", headers: () => ({ secret: "s" }), sourceHeaders: () => ({ secret: "s" }) };
    await inFlight.begin({ ...attempt("a"), facts: facts({ customerKey: key }) });
    expect(await readFile(join(folder, FILE), "utf8")).toContain('"customerKey":null');
    await inFlight.close();
  });
});

describe("object copied right before its session ended", () => {
  const MIB = 1024 * 1024;
  const md5 = /^"[0-9a-f]{32}"$/;

  /** Ends the session once the store has done what it was asked, before anybody heard of it. */
  async function endedAfter(operation: string, more: Partial<MigrateOptions>, bytes = 9) {
    const end = new AbortController();
    let cutOff = false;
    let behindMs = 5 * 60_000;
    const world = await startWorld({
      clock: () => new Date(Date.now() - behindMs),
      intercept: (request) => {
        if (cutOff) return { kind: "reset" };
        if (end.signal.aborted || request.operation !== operation) return undefined;
        end.abort();
        cutOff = true;
        return { kind: "reset-after" };
      },
    });
    const path = "/bucket/a";
    const headers = { "x-amz-meta-a": "b" };
    await world.raw.send({ method: "PUT", path: "/bucket" });
    await world.raw.send({ method: "PUT", path, headers, body: Buffer.alloc(bytes, 1) });
    behindMs = 0;
    const options = await world.optionsFor("bucket", { canary: false, ...more });
    const first = await migrate({ ...options, signal: end.signal });
    expect(first.summary.total.listed).toBe(0);
    cutOff = false;
    const resume = async () => {
      await migrate({ ...options, locations: undefined, resume: true });
      for await (const record of readJournal(first.runDir)) if (record.kind === "outcome") return record;
      throw new Error("the object has no outcome");
    };
    return { ...world, path, resume, runDir: first.runDir };
  }

  it("is resumed as migrated with its former state, not as already encrypted", { tags: ["slow"] }, async () => {
    const { resume, runDir } = await endedAfter("CopyObject", { race: "off" });
    expect(await readdir(runDir)).toContain(FILE);
    const record = await resume();
    expect(record).toMatchObject({ outcome: { kind: "migrated", strategy: "copy" }, before: { state: "none" } });
    expect(record.after?.state).toBe("sse-s3");
    expect(record.notes.join()).toMatch(/answer to the copy was lost; HEAD shows the same object/);
    expect(await readdir(runDir)).not.toContain(FILE);
  });

  it("leaves no in-flight file if its outcome exists or it was deleted since", async () => {
    const { resume, runDir } = await endedAfter("CopyObject", { race: "off" });
    await appendFile(join(runDir, FILE), `${JSON.stringify(attempt("gone"))}\n`);
    await resume();
    expect(await readdir(runDir)).not.toContain(FILE);
  });

  it("is resumed as migrated, with a note, if the copy has another ETag", { tags: ["slow"] }, async () => {
    const { resume, raw, path } = await endedAfter(
      "CompleteMultipartUpload",
      { race: "off", copyCutoff: MIB, partSize: 5 * MIB },
      6 * MIB,
    );
    const record = await resume();
    expect(record).toMatchObject({
      outcome: { kind: "migrated", strategy: "copy-multipart" },
      before: { state: "none" },
    });
    expect(record.notes.join()).toMatch(/another ETag/);
    expect((await raw.send({ method: "HEAD", path })).headers.etag).not.toMatch(md5);
  });

  it("is resumed as migrated even if a date filter excludes the copy", async () => {
    const modifiedBefore = new Date(Date.now() - 60_000);
    const { resume } = await endedAfter("CopyObject", { race: "off", modifiedBefore });
    const record = await resume();
    expect(record).toMatchObject({ outcome: { kind: "migrated" }, before: { state: "none" } });
  });

  it.each(["others, and longer", "as long as"])(
    "is already encrypted if another client has since put %j",
    { tags: ["slow"] },
    async (body) => {
      const { resume, raw, path } = await endedAfter("CopyObject", { race: "off" }, "as long as".length);
      const headers = { "x-amz-server-side-encryption": "AES256", "x-amz-meta-a": "b" };
      await raw.send({ method: "PUT", path, headers, body: Buffer.from(body) });
      expect((await resume()).outcome).toMatchObject({ kind: "already-encrypted" });
    },
  );
});
