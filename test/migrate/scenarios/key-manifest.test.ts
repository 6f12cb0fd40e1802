import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { audit, checkRun, migrate, TOOL_VERSION } from "../../../migrate/index.js";
import { pathOf, sendOk } from "../../buckets/raw-s3.js";
import { listKeys, readBucket } from "../../buckets/read-bucket.js";
import { fillBucket, manyObjects, newFolder, startWorld, type World } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";
import { readHistory, VERSIONED_BUCKET, versionedWorld, writeHistory } from "../fixtures/versioned-world.js";

const SEALED = { "x-amz-server-side-encryption": "AES256" };
const ODD = ["a b+c%20é/?#&.txt", "dir/", "line\nbreak", "ünï\u{1f512}", "plain/0"];

async function worldOf(keys: readonly string[], headers: Record<string, string> = {}): Promise<World> {
  const world = await startWorld();
  await fillBucket(
    world.raw,
    "held",
    keys.map((key) => ({ key, body: Buffer.from(`body of ${key}`), headers })),
  );
  return world;
}

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const path = join(await newFolder(), name);
  await writeFile(path, content);
  return path;
}

/** As S3 lays an inventory down: the manifest in a folder of its date, the data beside it. */
async function inventoryOf(
  { raw }: World,
  status: (key: string) => string,
  changes: (rows: string[]) => string[] = (rows) => rows,
) {
  const listing = (await sendOk(raw, { path: "/held?encoding-type=url&list-type=2" })).body.toString();
  const found = listing.matchAll(
    /<Key>(.*?)<\/Key><LastModified>(.*?)<\/LastModified><ETag>(?:&quot;|")(.*?)(?:&quot;|")<\/ETag>.*?<Size>(\d+)</gs,
  );
  const rows = [...found].map(([, key = "", date, etag, size]) => {
    const decoded = decodeURIComponent(key.replaceAll("+", " "));
    return `"held","${key}","${size}","${date}","${etag}","${status(decoded)}"`;
  });
  const folder = await newFolder();
  await mkdir(join(folder, "data"));
  await mkdir(join(folder, "2026-01-01T00-00Z"));
  const packed = gzipSync(`${changes(rows).join("\n")}\n`);
  await writeFile(join(folder, "data", "part.csv.gz"), packed);
  const manifest = {
    sourceBucket: "held",
    fileFormat: "CSV",
    fileSchema: "Bucket, Key, Size, LastModifiedDate, ETag, EncryptionStatus",
    creationTimestamp: "1767225600000",
    files: [
      {
        key: "inventories/held/all/data/part.csv.gz",
        size: packed.length,
        MD5checksum: createHash("md5").update(packed).digest("hex"),
      },
    ],
  };
  const path = join(folder, "2026-01-01T00-00Z", "manifest.json");
  await writeFile(path, JSON.stringify(manifest));
  return { path, data: join(folder, "data", "part.csv.gz") };
}

describe("--manifest with a list of keys", () => {
  it("examines exactly the named keys, however odd, and reports absent keys as not found", async () => {
    const { sandbox, optionsFor } = await worldOf([...ODD, "other/1", "other/2"]);
    const manifest = await fileOf("keys.bin", [...ODD, "gone", "dir/"].map((key) => `${key}\0`).join(""));
    sandbox.resetCalls();
    const options = await optionsFor("held", { manifest, manifestFormat: "keys0" });
    const { summary, run, runDir, verdict } = await audit(options);
    const outcomes = await outcomesOf(runDir);
    expect(verdict.kind).toBe("unencrypted-remain");
    expect([...outcomes.keys()].toSorted()).toEqual([...ODD, "gone"].toSorted());
    expect(outcomes.get("gone")).toMatchObject({
      outcome: { kind: "not-found", reason: "not-in-bucket" },
      before: { etag: null, lastModified: null },
    });
    expect(summary.total).toMatchObject({
      listed: 6,
      filteredOut: 0,
      closes: true,
      outcomes: { vanished: { objects: 0 }, "not-found": { objects: 1 } },
    });
    expect(run.keyManifest).toMatchObject({ format: "keys0", lines: 7, outside: 0, files: [{ name: "keys.bin" }] });
    const sha256 = createHash("sha256")
      .update(await readFile(manifest))
      .digest("hex");
    expect(run.keyManifest?.files[0]?.sha256).toBe(sha256);
    expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
  });

  it("reports nothing examined if no named object exists", async () => {
    const { optionsFor } = await worldOf(["a"], SEALED);
    const manifest = await fileOf("keys.txt", "b\nc\n");
    const { verdict, summary } = await audit(await optionsFor("held", { manifest }));
    expect(verdict).toMatchObject({ kind: "nothing-examined", headline: "0 of 2 objects in scope were found" });
    expect(verdict.detail).toContain("2 objects were named by the manifest but not found.");
    expect(summary.total).toMatchObject({ closes: true, outcomes: { "not-found": { objects: 2 } } });
  });

  it("leaves the verdict unproven if some named objects do not exist", async () => {
    const { optionsFor } = await worldOf(["a"], SEALED);
    const manifest = await fileOf("keys.txt", "a\nb\n");
    const { verdict, runDir } = await audit(
      await optionsFor("held", { manifest, formats: ["csv", "md", "ocsf", "inventory"], ocsf: "all" }),
    );
    expect(verdict).toMatchObject({
      kind: "unproven",
      headline: "0 of 1 object was seen unencrypted, but 1 named object was not found",
    });
    const read = (name: string) => readFile(join(runDir, name), "utf8");
    expect(await read("report.csv")).toMatch(/,not-found,not-in-bucket,/);
    expect(await read("report.md")).toMatch(
      /\| not found \| s3&#58;\/\/held\/b \|.*\| not there \| named by the manifest/,
    );
    expect(await read("ocsf-all.ndjson")).toContain("Not found: named by the manifest, but not in the bucket.");
    expect(await read("inventory.csv")).not.toContain('"b"');
  });

  it("reads URL-encoded keys with --manifest-keys url, and refuses keys that are not encoded", async () => {
    const { optionsFor } = await worldOf(ODD, SEALED);
    const encoded = ODD.map((key) => encodeURIComponent(key)).join("\n");
    const manifest = await fileOf("keys.txt", encoded);
    const { summary, run } = await audit(await optionsFor("held", { manifest, manifestKeys: "url" }));
    expect(summary.total).toMatchObject({
      listed: ODD.length,
      outcomes: { "already-encrypted": { objects: ODD.length } },
    });
    expect(run.keyManifest?.keys).toBe("url");
    const bad = await fileOf("keys.txt", "100% x\n");
    await expect(audit(await optionsFor("held", { manifest: bad, manifestKeys: "url" }))).rejects.toThrow(
      '"keys.txt" line 1: it is not URL-encoded, as --manifest-keys url says',
    );
    await expect(audit(await optionsFor("held", { manifestKeys: "raw" }))).rejects.toThrow(
      "--manifest-keys needs a manifest",
    );
  });

  it("restricts a migration to the named keys", async () => {
    const { raw, optionsFor } = await worldOf(["a", "b", "c"]);
    const manifest = await fileOf("keys.txt", "a\nc\n");
    const { summary } = await migrate(await optionsFor("held", { manifest, include: ["*"] }));
    expect(summary.total.outcomes.migrated.objects).toBe(2);
    const states = await readBucket(raw, "held");
    expect([...states].map(([key, { encryption }]) => [key, encryption])).toEqual([
      ["a", "AES256"],
      ["b", null],
      ["c", "AES256"],
    ]);
  });

  it("combines with locations and filters, and counts the keys outside", async () => {
    const { optionsFor } = await worldOf(["in/a", "in/b", "out/a"]);
    const manifest = await fileOf("keys.txt", "in/a\nin/b\nout/a\n");
    const options = await optionsFor("held", { locations: ["s3://held/in/"], manifest, exclude: ["*/b"] });
    const { summary, run } = await audit(options);
    expect(summary.total).toMatchObject({ listed: 1, filteredOut: 1, closes: true });
    expect(run.keyManifest).toMatchObject({ lines: 2, outside: 1 });
  });

  it("lists at most 7 pages for 3 named keys, and reads only those keys", { tags: ["slow"] }, async () => {
    const keys = Array.from({ length: 2500 }, (_, index) => `k${String(index).padStart(4, "0")}`);
    const dataDir = await manyObjects("held", keys, { body: Buffer.from("one") });
    const { sandbox, optionsFor } = await startWorld({ dataDir });
    const manifest = await fileOf("keys.txt", "k0001\nk1700\nk2499\n");
    sandbox.resetCalls();
    const { summary } = await audit(await optionsFor("held", { manifest }));
    expect(summary.total).toMatchObject({ listed: 3, closes: true });
    expect(sandbox.calls.ListObjectsV2).toBeLessThanOrEqual(1 + 2 * 3);
    expect(sandbox.calls.HeadObject).toBe(3);
  });

  it("refuses an invalid, unmatched or absent list, and names up to 20 wrong lines", async () => {
    const { optionsFor } = await worldOf(["a"]);
    const lines = ["a", "", ...Array.from({ length: 25 }, () => "x\r")];
    const options = await optionsFor("held", { manifest: await fileOf("keys.txt", `${lines.join("\n")}\n`) });
    const error = await audit(options).catch((thrown: unknown) => thrown);
    const { problems } = error as { problems: readonly string[] };
    expect(problems).toHaveLength(21);
    expect(problems[0]).toBe('--manifest: "keys.txt" line 2: it is an empty key');
    expect(problems[20]).toBe("--manifest: 6 more lines are wrong");
    const none = await optionsFor("held", { manifest: await fileOf("keys.txt", "b\n"), locations: ["s3://held/a"] });
    await expect(audit(none)).rejects.toThrow(
      /^--manifest: ".*keys\.txt": none of the 1 object that it lists is in the locations of this run$/,
    );
    await expect(audit(await optionsFor("held", { manifest: "/absent" }))).rejects.toThrow(
      /^--manifest: "\/absent" cannot be read/,
    );
  });

  it("needs a single bucket if the list holds only keys", async () => {
    const { raw, optionsFor } = await worldOf(["a"]);
    await fillBucket(raw, "second", [{ key: "a", body: Buffer.from("a") }]);
    const manifest = await fileOf("keys.txt", "a\n");
    const options = await optionsFor("held", { manifest, locations: ["s3://held", "s3://second"] });
    await expect(audit(options)).rejects.toThrow("it lists keys without buckets, and the run covers several");
  });
});

describe("--manifest with an S3 Inventory", () => {
  it("uses it as evidence for unchanged encrypted objects, and reads the others", async () => {
    const world = await worldOf([...ODD, "none", "unknown"], SEALED);
    await sendOk(world.raw, { method: "PUT", path: pathOf("held", "none"), body: Buffer.from("none") });
    const status = (key: string) => ({ none: "NOT-SSE", unknown: "" })[key] ?? "SSE-S3";
    const { path } = await inventoryOf(world, status);
    world.sandbox.resetCalls();
    const { summary, run, runDir } = await audit(await world.optionsFor("held", { manifest: path }));
    expect(world.sandbox.calls.HeadObject).toBe(2);
    const outcomes = await outcomesOf(runDir);
    for (const key of ODD) expect(outcomes.get(key)?.before).toMatchObject({ state: "sse-s3", evidence: "inventory" });
    expect(outcomes.get("none")?.before).toMatchObject({ state: "none", evidence: "head-header" });
    expect(outcomes.get("unknown")?.before).toMatchObject({ state: "sse-s3", evidence: "head-header" });
    expect(summary.total).toMatchObject({ listed: ODD.length + 2, closes: true });
    expect(run.keyManifest).toMatchObject({ format: "inventory", createdAt: "2026-01-01T00:00:00.000Z" });
  });

  it("reports an object written since as not found, and leaves it unchanged", async () => {
    const world = await worldOf(["a", "b"], SEALED);
    const { path } = await inventoryOf(world, () => "SSE-S3");
    await sendOk(world.raw, { method: "PUT", path: pathOf("held", "a"), body: Buffer.from("written since") });
    const audited = await audit(await world.optionsFor("held", { manifest: path }));
    expect((await outcomesOf(audited.runDir)).get("a")).toMatchObject({
      outcome: { kind: "not-found", reason: "not-as-named" },
      before: { state: "unknown", evidence: null, etag: null },
      notes: [
        expect.stringMatching(/^the manifest says size 9, and the object has 13; ETag \w+, and the object has \w+$/),
      ],
    });
    const { summary, verdict } = await migrate(await world.optionsFor("held", { manifest: path }));
    expect(summary.total.evidenceNow).toEqual({ "head-header": expect.objectContaining({ objects: 1 }) });
    expect(summary.total.outcomes).toMatchObject({ migrated: { objects: 0 }, "not-found": { objects: 1 } });
    expect(verdict.kind).toBe("unproven");
    expect((await readBucket(world.raw, "held")).get("a")?.encryption).toBeNull();
  });

  /** As a database exports a Parquet inventory: keys as they are. */
  const exported = (keys: readonly string[], etag: string, size: number) =>
    fileOf("export.csv", ["Key,Size,ETag", ...keys.map((key) => `"${key}",${size},${etag}`)].join("\n"));

  it("never touches the object of a decoded key if the keys are not URL-encoded", async () => {
    const { raw, optionsFor } = await worldOf(["a b.txt"]);
    const body = Buffer.from("of another length");
    await fillBucket(raw, "held2", [
      { key: "a b.txt", body: Buffer.from("other") },
      { key: "a+b.txt", body },
    ]);
    const etag = createHash("md5").update(body).digest("hex");
    const manifest = await exported(["a+b.txt"], etag, body.length);
    const states = async () => [...(await readBucket(raw, "held2"))].map(([key, { encryption }]) => [key, encryption]);
    const decoded = await migrate(await optionsFor("held2", { manifest }));
    expect(decoded.verdict.kind).toBe("nothing-examined");
    expect(decoded.verdict.detail).toContain("give --manifest-keys raw");
    expect(decoded.summary.total.reasons["not-as-named"]?.objects).toBe(1);
    expect(await states()).toEqual([
      ["a b.txt", null],
      ["a+b.txt", null],
    ]);
    const named = await migrate(await optionsFor("held2", { manifest, manifestKeys: "raw" }));
    expect(named.summary.total.outcomes.migrated.objects).toBe(1);
    expect(await states()).toEqual([
      ["a b.txt", null],
      ["a+b.txt", "AES256"],
    ]);
  });

  it("refuses damaged, missing and unsupported data by name", async () => {
    const world = await worldOf(["a"], SEALED);
    const { path, data } = await inventoryOf(world, () => "SSE-S3");
    const intact = await readFile(data);
    const refused = async () => audit(await world.optionsFor("held", { manifest: path }));
    await writeFile(data, gzipSync(Buffer.from('"held","b","1","2026-01-01T00:00:00.000Z","e","SSE-S3"\n')));
    await expect(refused()).rejects.toThrow(/"part\.csv\.gz": its MD5 is [0-9a-f]{32}, and manifest\.json says/);
    await writeFile(data, intact.subarray(0, intact.length - 12));
    await expect(refused()).rejects.toThrow(/^--manifest: ".*manifest\.json" cannot be read: /);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace('"CSV"', '"Parquet"'));
    await expect(refused()).rejects.toThrow(/its inventory is in Parquet: create one as CSV/);
    await writeFile(path, text.replaceAll("part.csv.gz", "absent.csv.gz"));
    await expect(refused()).rejects.toThrow(/absent\.csv\.gz cannot be found/);
  });
});

describe("--manifest with the inventory of a run", () => {
  it("names the objects of that run, and is evidence for unchanged ones", async () => {
    const world = await worldOf(ODD, SEALED);
    const first = await audit(await world.optionsFor("held", { formats: ["inventory"] }));
    await sendOk(world.raw, { method: "PUT", path: pathOf("held", "new"), body: Buffer.from("new") });
    world.sandbox.resetCalls();
    const manifest = join(first.runDir, "inventory-manifest.json");
    const { runDir } = await audit(await world.optionsFor("held", { manifest }));
    const outcomes = await outcomesOf(runDir);
    expect([...outcomes.keys()].toSorted()).toEqual(ODD.toSorted());
    expect([...outcomes.values()].map(({ before }) => before.evidence)).toEqual(ODD.map(() => "inventory"));
    expect(world.sandbox.calls.HeadObject).toBeUndefined();
  });
});

describe("--manifest with a run folder", () => {
  it("names the objects of its run, and refuses a modified folder", { tags: ["slow"] }, async () => {
    const { raw, optionsFor } = await worldOf(["a", "b"], SEALED);
    const first = await audit(await optionsFor("held", { exclude: ["b"] }));
    await sendOk(raw, { method: "PUT", path: pathOf("held", "c"), body: Buffer.from("c") });
    expect(await listKeys(raw, "held")).toEqual(["a", "b", "c"]);
    const again = await audit(await optionsFor("held", { manifest: first.runDir }));
    expect([...(await outcomesOf(again.runDir)).keys()]).toEqual(["a"]);
    await writeFile(join(first.runDir, "summary.json"), "{}");
    await expect(audit(await optionsFor("held", { manifest: first.runDir }))).rejects.toThrow(
      /^--manifest: .* is not intact/,
    );
  });
});

describe("--manifest in a versioned bucket", () => {
  it("keeps noncurrent versions of a key if no inventory row matches it", { tags: ["slow"] }, async () => {
    const { raw, optionsFor } = await versionedWorld();
    const histories: [string, string][] = [
      ["a b", "other"],
      ["c", "named"],
    ];
    for (const [key, text] of histories) await writeHistory(raw, key, [{ plain: text }, { sealed: `${text} now` }]);
    const before = await readHistory(raw);
    const row = (key: string, text: string) => `${key},${text.length},${createHash("md5").update(text).digest("hex")}`;
    const rows = ["Key,Size,ETag", row("a+b", "of another object"), row("c", "named now")];
    const manifest = await fileOf("export.csv", rows.join("\n"));
    const { summary } = await migrate(await optionsFor(VERSIONED_BUCKET, { manifest, versions: "purge", yes: true }));
    expect(summary.total.outcomes).toMatchObject({ "not-found": { objects: 1 }, "already-encrypted": { objects: 1 } });
    expect(summary.total.noncurrent).toMatchObject({ listed: 1, outcomes: { removed: { objects: 1 } } });
    const after = await readHistory(raw);
    expect(after.get("a b")).toEqual(before.get("a b"));
    expect(after.get("c")).toEqual(before.get("c")?.slice(0, 1));
  });

  it("purges and counts noncurrent versions of the named keys only", async () => {
    const { raw, optionsFor } = await versionedWorld();
    for (const key of ["a", "b", "c"])
      await writeHistory(raw, key, [{ plain: "1" }, { plain: "22" }, { sealed: "333" }]);
    const before = await readHistory(raw);
    const manifest = await fileOf("keys.txt", "b\n");
    const asked: number[] = [];
    const confirm = async ({ versions }: { readonly versions: number }) => asked.push(versions) > 0;
    const { summary } = await migrate(await optionsFor(VERSIONED_BUCKET, { manifest, versions: "purge", confirm }));
    expect(asked).toEqual([2]);
    expect(summary.total.noncurrent).toMatchObject({ listed: 2, closes: true, outcomes: { removed: { objects: 2 } } });
    const after = await readHistory(raw);
    expect(after.get("a")).toEqual(before.get("a"));
    expect(after.get("b")).toEqual(before.get("b")?.slice(0, 1));
    expect(after.get("c")).toEqual(before.get("c"));
  });
});
