import { createHash } from "node:crypto";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import type { RunRecord } from "../../../migrate/journal/run-record.js";
import { INVENTORY_COLUMNS, renderInventory, renderInventoryManifest } from "../../../migrate/report/inventory.js";
import { collect } from "../../buckets/async-items.js";
import { HOSTILE_KEYS } from "../fixtures/hostile.js";
import {
  alreadyEncrypted,
  aRun,
  checkpoint,
  journalOf,
  migrated,
  outcomeRecord,
  seen,
  surveyOf,
  vanished,
  versionRecord,
} from "../fixtures/records.js";

async function inventoryOf(records: JournalRecord[]): Promise<string> {
  return (await collect(renderInventory({ readJournal: () => journalOf(records) }))).join("");
}

async function rowsOf(records: JournalRecord[]): Promise<Record<string, string>[]> {
  return parse(await inventoryOf(records), { columns: [...INVENTORY_COLUMNS] });
}

async function manifestOf(records: JournalRecord[], run: RunRecord) {
  const source = { run, survey: await surveyOf(records), readJournal: () => journalOf(records) };
  return JSON.parse((await collect(renderInventoryManifest(source))).join(""));
}

/** Both that S3's readers know: `+` for a space as forms have it, and %20. */
const decoded = (key: string) => decodeURIComponent(key.replaceAll("+", " "));

describe("inventory.csv", () => {
  it("has rows in the format of S3 Inventory, every cell quoted, and no header", async () => {
    const record = migrated({ key: "a b/ü.txt", after: seen({ state: "sse-s3", etag: "f", versionId: "v1" }) });
    expect(await inventoryOf([record])).toBe(
      '"b","a%20b/%C3%BC.txt","v1","true","false","1","2026-01-01T00:00:00.000Z","f","STANDARD","SSE-S3"\n',
    );
  });

  it("lists current and noncurrent versions, and omits objects that are gone", async () => {
    const rows = await rowsOf([
      alreadyEncrypted({ key: "kms", before: seen({ state: "sse-kms" }) }),
      outcomeRecord({ key: "plain" }),
      vanished({ key: "vanished" }),
      versionRecord({ key: "older" }),
      versionRecord({ key: "removed", outcome: { kind: "removed" } }),
      checkpoint(),
    ]);
    const told = rows.map(({ Key, VersionId, IsLatest, EncryptionStatus }) => [
      Key,
      VersionId,
      IsLatest,
      EncryptionStatus,
    ]);
    expect(told).toEqual([
      ["kms", "null", "true", "SSE-KMS"],
      ["plain", "null", "true", "NOT-SSE"],
      ["older", "v0", "false", "NOT-SSE"],
    ]);
  });

  it.each([
    ["unknown", null],
    ["provider-managed", "provider-statement"],
  ] as const)("leaves the encryption status empty for %s", async (state, evidence) => {
    const [row] = await rowsOf([outcomeRecord({ before: seen({ state, evidence }) })]);
    expect(row?.EncryptionStatus).toBe("");
  });

  it("preserves every hostile key in ASCII that is safe in spreadsheets, shells and pages", async () => {
    const records = HOSTILE_KEYS.map((key) => outcomeRecord({ key }));
    const keys = (await rowsOf(records)).map(({ Key = "" }) => Key);
    expect(keys.map(decoded)).toEqual(HOSTILE_KEYS);
    expect(keys.filter((key) => !/^[\w.~%/][\w.~%/-]*$/.test(key))).toEqual([]);
  });

  it("preserves any key", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 1 }), async (key) => {
        const [row, ...others] = await rowsOf([outcomeRecord({ key })]);
        expect([decoded(row?.Key ?? ""), others]).toEqual([key, []]);
      }),
    );
  });
});

describe("inventory-manifest.json", () => {
  const records = [outcomeRecord(), migrated({ key: "2" })];

  it("names columns, size and MD5 of the file like S3 Inventory", async () => {
    const text = await inventoryOf(records);
    expect(await manifestOf(records, aRun())).toEqual({
      sourceBucket: "b",
      version: "2016-11-30",
      creationTimestamp: String(Date.parse("2026-01-01T00:01:00.000Z")),
      fileFormat: "CSV",
      fileSchema:
        "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass, EncryptionStatus",
      files: [
        {
          key: "inventory.csv",
          size: Buffer.byteLength(text),
          MD5checksum: createHash("md5").update(text).digest("hex"),
        },
      ],
    });
  });

  it("names no source bucket if there are several", async () => {
    const scopes = [
      { bucket: "b", prefix: "" },
      { bucket: "c", prefix: "" },
    ];
    expect(await manifestOf(records, aRun({ scopes }))).not.toHaveProperty("sourceBucket");
  });
});
