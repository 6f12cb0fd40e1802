import { basename } from "node:path";
import type { ManifestFormat } from "./manifest-format.js";
import type { ManifestReading } from "./manifest-reading.js";
import { openSource } from "./open-source.js";
import { readInventory } from "./read-inventory.js";
import { readJournalKeys } from "./read-journal-keys.js";
import { readKeyList } from "./read-key-list.js";

const readerOf: Readonly<Record<ManifestFormat, (path: string) => Promise<ManifestReading>>> = {
  inventory: readInventory,
  journal: readJournalKeys,
  keys: (path) => readKeys(path, "keys"),
  keys0: (path) => readKeys(path, "keys0"),
};

async function readKeys(path: string, format: "keys" | "keys0"): Promise<ManifestReading> {
  const file = basename(path);
  const files: { name: string; sha256: string }[] = [];
  const { content, digests } = await openSource(path);
  async function* lines() {
    for await (const line of readKeyList(content, format)) yield { ...line, file };
    files.push({ name: file, sha256: digests().sha256 });
  }
  return { lines: lines(), files, createdAt: null };
}

export function readManifest(path: string, format: ManifestFormat): Promise<ManifestReading> {
  return readerOf[format](path);
}
