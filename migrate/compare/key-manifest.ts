import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { UsageError } from "../errors.js";
import type { KeyManifestRecord, ManifestKeys } from "../journal/input-records.js";
import { externalSort, type Sorted } from "../list/external-sort.js";
import { orderWithin, type Scope, scopeOrder } from "../model/scope.js";
import { countOf, moreWrong } from "../model/text.js";
import { readInventory } from "./inventory.js";
import { readJournalKeys, readKeyList } from "./key-list.js";
import {
  type ManifestFormat,
  type ManifestReading,
  manifestFormat,
  type NamedObject,
  openSource,
} from "./named-object.js";

const MAX_PROBLEMS = 20;

/** The requested key manifest. */
export interface ManifestOptions {
  readonly path: string;
  /** `null`: inferred from the file name. */
  readonly format: ManifestFormat | null;
  /** `null`: the documented encoding of the format. */
  readonly keys: ManifestKeys | null;
}

export interface NamedInBucket extends NamedObject {
  readonly bucket: string;
}

/** The objects that a run is restricted to, in the order in which it reaches them. */
export interface NamedKeys {
  readonly objects: Pick<Sorted<NamedInBucket>, "read">;
  /** The sort key of a key of a scope. */
  readonly orderOf: (scope: Scope, key: string) => string;
}

export interface Named extends NamedKeys {
  readonly record: KeyManifestRecord;
  readonly objects: Sorted<NamedInBucket>;
}

interface ManifestContext {
  readonly scopes: readonly Scope[];
  /** The key manifest of an earlier session of the same run. */
  readonly earlier: KeyManifestRecord | undefined;
}

/**
 * Reads a whole manifest and sorts its objects.
 *
 * @throws UsageError with its problems, line by line
 */
export async function openNamed(
  { path, format: given, keys }: ManifestOptions,
  { scopes, earlier }: ManifestContext,
): Promise<Named> {
  const format = given ?? manifestFormat(path, await isFolder(path));
  if (format === "journal" && keys !== null) throw new UsageError([KEYS_OF_A_RUN]);
  const reading = await readManifest(path, format, keys);
  const order = scopeOrder(scopes);
  const problems = collectProblems();
  const objects = objectsOf(reading, bucketOf(scopes), problems);
  let outside = 0;
  async function* inScope(): AsyncGenerator<NamedInBucket> {
    for await (const object of objects) {
      if (order(object.bucket, object.key) !== null) yield object;
      else outside += 1;
    }
  }
  const orderOf = ({ bucket, key }: NamedInBucket) => order(bucket, key) ?? "";
  const sorted = await externalSort(inScope(), { orderOf }).catch((error: unknown) => {
    throw unreadable(error, path);
  });
  const { files, createdAt } = reading;
  const record = {
    format,
    ...(keys === null ? {} : { keys }),
    files: [...files],
    createdAt,
    lines: sorted.count,
    outside,
  };
  const found = [...problems.all(), ...otherManifest(record, earlier), ...namesNothing(record, path)];
  if (found.length === 0) return { record, objects: sorted, orderOf: orderWithin(scopes) };
  await sorted.close();
  throw new UsageError(found.map((problem) => `--manifest: ${problem}`));
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    (error: Error) => {
      throw new UsageError([`--manifest: "${path}" cannot be read: ${error.message}`]);
    },
  );
}

/** The only bucket of a run; `null` if there are several. */
function bucketOf(scopes: readonly Scope[]): string | null {
  const buckets = new Set(scopes.map(({ bucket }) => bucket));
  return buckets.size === 1 ? (scopes[0]?.bucket ?? null) : null;
}

async function* objectsOf(
  { lines }: ManifestReading,
  onlyBucket: string | null,
  problems: Pick<ReturnType<typeof collectProblems>, "add">,
): AsyncGenerator<NamedInBucket> {
  for await (const line of lines) {
    if (line.kind === "problem") {
      const where = line.line === 0 ? `"${line.file}"` : `"${line.file}" line ${line.line}`;
      problems.add(`${where}: ${line.words}`);
      continue;
    }
    const bucket = line.object.bucket ?? onlyBucket;
    if (bucket === null) throw new UsageError([NO_BUCKETS]);
    yield { ...line.object, bucket };
  }
}

const KEYS_OF_A_RUN =
  "--manifest-keys: a run folder lists its keys unencoded: leave it out, or give an inventory or a list of keys";

const NO_BUCKETS = "--manifest: it lists keys without buckets, and the run covers several buckets: give only one";

function collectProblems() {
  const first: string[] = [];
  let count = 0;
  return {
    add(problem: string) {
      count += 1;
      if (first.length < MAX_PROBLEMS) first.push(problem);
    },
    all: () => (count > first.length ? [...first, moreWrong(count - first.length)] : first),
  };
}

function otherManifest(record: KeyManifestRecord, earlier: KeyManifestRecord | undefined): string[] {
  const isSame = earlier === undefined || JSON.stringify(earlier) === JSON.stringify(record);
  return isSame ? [] : ["it is not the one that this run began with: give that one, or start a new run"];
}

function namesNothing({ lines, outside }: KeyManifestRecord, path: string): string[] {
  if (lines > 0) return [];
  const words =
    outside === 0
      ? "it lists no object"
      : `none of the ${countOf(outside, "object")} that it lists is in the locations of this run`;
  return [`"${path}": ${words}`];
}

/** Converts the errors that reading a damaged file causes. */
function unreadable(error: unknown, path: string): unknown {
  const { code = "" } = error as NodeJS.ErrnoException;
  const isDamaged = code.startsWith("Z_") || code.startsWith("CSV_") || code === "ERR_STREAM_PREMATURE_CLOSE";
  return isDamaged ? new UsageError([`--manifest: "${path}" cannot be read: ${(error as Error).message}`]) : error;
}

type Reader = (path: string, keys: ManifestKeys | null) => Promise<ManifestReading>;

const readerOf: Readonly<Record<ManifestFormat, Reader>> = {
  inventory: (path, keys) => readInventory(path, keys ?? "url"),
  journal: (path) => readJournalKeys(path),
  keys: (path, keys) => readKeys(path, "keys", keys ?? "raw"),
  keys0: (path, keys) => readKeys(path, "keys0", keys ?? "raw"),
};

async function readKeys(path: string, format: "keys" | "keys0", keys: ManifestKeys): Promise<ManifestReading> {
  const file = basename(path);
  const files: { name: string; sha256: string }[] = [];
  const { content, digests } = await openSource(path);
  async function* lines() {
    for await (const line of readKeyList(content, format, keys)) yield { ...line, file };
    files.push({ name: file, sha256: digests().sha256 });
  }
  return { lines: lines(), files, createdAt: null };
}

/** `keys`: `null` for the documented encoding of the format. */
function readManifest(path: string, format: ManifestFormat, keys: ManifestKeys | null): Promise<ManifestReading> {
  return readerOf[format](path, keys);
}
