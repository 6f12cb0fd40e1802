import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { openVerifiedFolder } from "../evidence/verified-folder.js";
import type { ManifestKeys } from "../journal/input-records.js";
import { journalLineSchema, journalLines } from "../journal/read-journal.js";
import { parseAs } from "../model/parse.js";
import { readKey } from "./inventory-csv.js";
import { type ManifestLine, type ManifestReading, openSource, type Piece, splitBytes } from "./named-object.js";

const MAX_KEY_BYTES = 1024;
const LF = 0x0a;
const NUL = 0x00;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const BYTE_ORDER_MARK = "\ufeff";

/**
 * Reads a list of keys, one per line or each terminated by NUL. Keys are read as they are unless `keys` says
 * that they are URL-encoded.
 */
export async function* readKeyList(
  source: AsyncIterable<Buffer>,
  format: "keys" | "keys0",
  keys: ManifestKeys = "raw",
): AsyncGenerator<ManifestLine> {
  const separator = format === "keys" ? LF : NUL;
  // Each byte may be written as %XX. Four extra bytes allow for a byte order mark and the line end.
  const maxBytes = (keys === "url" ? 3 : 1) * MAX_KEY_BYTES + 4;
  for await (const piece of splitBytes(source, separator, maxBytes)) {
    const read = decoded(keyOf(piece, format, maxBytes), keys);
    yield read.kind === "key"
      ? { kind: "object", object: { bucket: null, key: read.key, row: null } }
      : { kind: "problem", line: piece.number, words: read.words };
  }
}

type Read = { readonly kind: "key"; readonly key: string } | { readonly kind: "problem"; readonly words: string };

function decoded(read: Read, keys: ManifestKeys): Read {
  if (read.kind === "problem") return read;
  const key = readKey(read.key, keys);
  if (key === null) return { kind: "problem", words: "it is not URL-encoded, as --manifest-keys url says" };
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return { kind: "problem", words: TOO_LONG };
  return { kind: "key", key };
}

const TOO_LONG = `it is longer than ${MAX_KEY_BYTES} bytes, the limit for a key`;

function keyOf({ bytes, isCut, number }: Piece, format: "keys" | "keys0", maxBytes: number): Read {
  const problem = (words: string): Read => ({ kind: "problem", words });
  const text = textOf(bytes);
  const isMarked = format === "keys" && number === 1 && text?.startsWith(BYTE_ORDER_MARK);
  const key = isMarked ? (text ?? "").slice(1) : text;
  if (!isCut && key === null) return problem("it is not UTF-8");
  if (isCut || Buffer.byteLength(key ?? "") > maxBytes) return problem(TOO_LONG);
  if (key === null || key === "") return problem("it is an empty key");
  if (format === "keys" && key.endsWith("\r")) {
    return problem(
      "it ends with a carriage return: give a list whose lines end with LF alone, or --manifest-format keys0",
    );
  }
  return { kind: "key", key };
}

function textOf(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

const MAX_LINE_BYTES = 16 * 1024 * 1024;

/**
 * The objects that a run reached, read from a run folder, which must verify, or from one segment of its
 * journal.
 */
export async function readJournalKeys(path: string): Promise<ManifestReading> {
  return (await stat(path)).isDirectory() ? keysOfFolder(path) : keysOfSegment(path);
}

async function keysOfFolder(path: string): Promise<ManifestReading> {
  const { runDir, segments, digest, run, checkUnchanged } = await openVerifiedFolder(path, "--manifest");
  async function* lines() {
    for await (const { path: file, line, text } of journalLines(runDir, segments)) yield* lineOf(text, line, file);
    await checkUnchanged();
  }
  const files = [{ name: basename(path), sha256: digest }];
  return { lines: lines(), files, createdAt: run.sessions.at(-1)?.endedAt ?? null };
}

async function keysOfSegment(path: string): Promise<ManifestReading> {
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
    yield { kind: "problem", line, words: `it is not a journal record: ${parsed.problem}`, file };
  } else if (parsed.value.kind === "outcome") {
    const { bucket, key } = parsed.value;
    yield { kind: "object", object: { bucket, key, row: null }, file };
  }
}
