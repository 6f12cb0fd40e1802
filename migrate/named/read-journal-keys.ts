import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { openVerifiedFolder } from "../evidence/verified-folder.js";
import { journalLineSchema, journalLines } from "../journal/read-journal.js";
import { parseAs } from "../model/parse.js";
import type { ManifestReading } from "./manifest-reading.js";
import type { ManifestLine } from "./named-object.js";
import { openSource } from "./open-source.js";
import { splitBytes } from "./split-bytes.js";

const LF = 0x0a;
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** The objects that a run came to: of a run folder, which must be intact, or of one segment of its journal. */
export async function readJournalKeys(path: string): Promise<ManifestReading> {
  return (await stat(path)).isDirectory() ? ofFolder(path) : ofSegment(path);
}

async function ofFolder(path: string): Promise<ManifestReading> {
  const { runDir, segments, digest, run, checkUnchanged } = await openVerifiedFolder(path, "--manifest");
  async function* lines() {
    for await (const { path: file, line, text } of journalLines(runDir, segments)) yield* lineOf(text, line, file);
    await checkUnchanged();
  }
  const files = [{ name: basename(path), sha256: digest }];
  return { lines: lines(), files, createdAt: run.sessions.at(-1)?.endedAt ?? null };
}

async function ofSegment(path: string): Promise<ManifestReading> {
  const name = basename(path);
  const files: { name: string; sha256: string }[] = [];
  const { content, digests } = await openSource(path);
  async function* lines() {
    for await (const { bytes, number } of splitBytes(content, LF, MAX_LINE_BYTES)) {
      yield* lineOf(bytes.toString("utf8"), number, name);
    }
    files.push({ name, sha256: digests().sha256 });
  }
  return { lines: lines(), files, createdAt: null };
}

function* lineOf(text: string, line: number, file: string): Generator<ManifestLine & { readonly file: string }> {
  const parsed = parseAs(journalLineSchema, text);
  if (!parsed.ok) {
    yield { kind: "problem", line, words: `it is no journal record: ${parsed.problem}`, file };
  } else if (parsed.value.kind === "outcome") {
    const { bucket, key } = parsed.value;
    yield { kind: "object", object: { bucket, key, row: null }, file };
  }
}
