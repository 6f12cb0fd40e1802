import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { UsageError } from "../errors.js";
import type { ManifestKeys } from "../journal/input-records.js";
import { parseAs } from "../model/parse.js";
import { readInventoryCsv } from "./inventory-csv.js";

import { type ManifestReading, openSource } from "./named-object.js";

const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

const inventorySchema = z.object({
  fileFormat: z.string(),
  fileSchema: z.string(),
  /** Milliseconds since 1970, as text. */
  creationTimestamp: z.string().optional(),
  files: z.array(z.object({ key: z.string(), MD5checksum: z.string().optional() })),
});

interface DataFile {
  readonly path: string;
  readonly name: string;
  /** `null` if no expected MD5 is known. */
  readonly md5: string | null;
}

/**
 * Reads an inventory, given its manifest.json with the data files next to it as S3 stores them. Also reads a
 * single CSV file with column names in its first line.
 */
export async function readInventory(path: string, keys: ManifestKeys = "url"): Promise<ManifestReading> {
  if (!path.toLowerCase().endsWith(".json")) {
    return reading([{ path, name: basename(path), md5: null }], { schema: null, createdAt: null, keys });
  }
  const text = await readSmall(path);
  const parsed = parseAs(inventorySchema, text);
  if (!parsed.ok) throw refused(path, `it is not a manifest.json of an S3 Inventory (${parsed.problem})`);
  const { fileFormat, fileSchema, creationTimestamp, files } = parsed.value;
  if (fileFormat !== "CSV")
    throw refused(path, `its inventory is in ${fileFormat}: create one as CSV, the only supported format`);
  const found = await Promise.all(files.map(({ key }) => findBeside(path, key)));
  const missing = files.filter((_, index) => found[index] === null).map(({ key }) => basename(key));
  if (missing.length > 0) {
    throw refused(
      path,
      `${missing.join(", ")} cannot be found: download it into ../data, into data, or beside the manifest`,
    );
  }
  const dataFiles = files.map(({ key, MD5checksum }, index) => {
    return { path: found[index] ?? "", name: basename(key), md5: MD5checksum?.toLowerCase() ?? null };
  });
  const createdMs = Number(creationTimestamp);
  const createdAt = creationTimestamp && Number.isFinite(createdMs) ? new Date(createdMs).toISOString() : null;
  return reading(dataFiles, { schema: fileSchema.split(","), createdAt, keys });
}

function reading(
  files: readonly DataFile[],
  {
    schema,
    createdAt,
    keys,
  }: { readonly schema: readonly string[] | null; readonly createdAt: string | null; readonly keys: ManifestKeys },
): ManifestReading {
  const read: { name: string; sha256: string }[] = [];
  async function* lines() {
    for (const { path, name, md5 } of files) {
      const { content, digests } = await openSource(path);
      for await (const line of readInventoryCsv(content, schema, keys)) yield { ...line, file: name };
      const found = digests();
      read.push({ name, sha256: found.sha256 });
      if (md5 !== null && found.md5 !== md5) {
        const words = `its MD5 is ${found.md5}, and manifest.json says ${md5}`;
        yield { kind: "problem", line: 0, words, file: name } as const;
      }
    }
  }
  return { lines: lines(), files: read, createdAt };
}

async function findBeside(manifest: string, key: string): Promise<string | null> {
  const folder = dirname(manifest);
  const name = basename(key);
  for (const path of [join(folder, "..", "data", name), join(folder, "data", name), join(folder, name)]) {
    const isThere = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}

async function readSmall(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MAX_MANIFEST_BYTES) throw refused(path, "it is too large for a manifest.json");
  return readFile(path, "utf8");
}

function refused(path: string, because: string): UsageError {
  return new UsageError([`--manifest: "${path}" cannot be used: ${because}`]);
}
