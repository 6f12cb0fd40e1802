import { type FileHandle, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ENCRYPTION_STATES, EVIDENCE } from "../model/encryption.js";
import { type CarriedFacts, LOSSES, type ObjectFacts } from "../model/object.js";
import { STRATEGIES, type StrategyName } from "../model/strategy.js";
import { createFile, partName, readWhole, writing } from "./folder-files.js";
import { groupCommit } from "./journal-writer.js";

const FILE = "in-flight.ndjson";
const MAX_FILE_BYTES = 16 * 1024 * 1024;

interface Place {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Copies that were begun and have no outcome yet, on the disk before the store is asked: whoever goes on after a kill can
 * tell then which objects this run encrypted. As large as what is in flight, not as the run.
 */
export interface InFlight {
  begin(copy: BegunCopy): Promise<void>;
  /** The outcome is in the journal. */
  settle(place: Place): void;
  /** What an earlier session had begun with this object. */
  earlier(place: Place): BegunCopy | undefined;
  /** The run is complete: what an earlier session left was done by it, or deleted since. */
  forget(): void;
  /** Removes the file, unless something is still without its outcome. */
  close(): Promise<void>;
}

export async function openInFlight(runDir: string, maxFileBytes: number = MAX_FILE_BYTES): Promise<InFlight> {
  const path = join(runDir, FILE);
  const begun = new Map<string, BegunCopy>((await readCopies(path)).map((copy) => [nameOf(copy.facts), copy]));
  const earlier = new Map(begun);
  let file: FileHandle | null = begun.size > 0 ? await rewritten(path, begun) : null;
  let fileBytes = 0;
  const lines = groupCommit(async (batch) => {
    if (file === null || fileBytes > maxFileBytes) {
      await file?.close();
      // The batch is among what was begun.
      file = await rewritten(path, begun);
      fileBytes = 0;
      return;
    }
    const open = file;
    await writing(path, async () => {
      await open.appendFile(batch);
      await open.datasync();
    });
    fileBytes += batch.byteLength;
  });

  return {
    begin(copy) {
      begun.set(nameOf(copy.facts), copy);
      return lines.append(lineOf(copy));
    },
    settle(place) {
      begun.delete(nameOf(place));
      earlier.delete(nameOf(place));
    },
    forget: () => begun.clear(),
    earlier: (place) => earlier.get(nameOf(place)),
    async close() {
      await lines.settled();
      await file?.close();
      if (begun.size === 0) await rm(path, { force: true });
      else await (await rewritten(path, begun)).close();
    },
  };
}

/** Whole or not at all: what is in flight must not be forgotten while the file is made smaller. */
async function rewritten(path: string, copies: ReadonlyMap<string, BegunCopy>): Promise<FileHandle> {
  const made = partName(path);
  const file = await createFile(made);
  await writing(path, async () => {
    await file.appendFile([...copies.values()].map(lineOf).join(""));
    await file.datasync();
  });
  await rename(made, path);
  return file;
}

async function readCopies(path: string): Promise<BegunCopy[]> {
  try {
    const lines = (await readWhole(path)).toString("utf8").split("\n");
    return lines.map(parseCopy).filter((copy) => copy !== null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function nameOf({ bucket, key }: Place): string {
  return JSON.stringify([bucket, key]);
}

/** A customer key is no part of it. */
function lineOf({ facts, carried, strategy }: BegunCopy): string {
  return `${JSON.stringify({ facts: { ...facts, customerKey: null }, carried, strategy })}\n`;
}

const texts = z.record(z.string(), z.string());
const text = z.string().nullable();

const facts = z.object({
  bucket: z.string(),
  key: z.string(),
  versionId: text,
  sizeBytes: z.number(),
  etag: z.string(),
  lastModified: text,
  storageClass: z.string(),
  encryption: z.object({ state: z.enum(ENCRYPTION_STATES), evidence: z.enum(EVIDENCE) }),
  customerKey: z.null(),
  content: texts,
  userMetadata: texts,
  hiddenMetadata: z.number(),
  tagCount: z.number().nullable(),
  websiteRedirect: text,
  lock: z.object({ mode: text, retainUntil: text, legalHold: text }),
  checksums: texts,
  archived: z.boolean(),
  restored: z.boolean().optional(),
  copyClass: z.string().exactOptional(),
  clientSideEncrypted: z.boolean(),
  requestId: text,
});

const grant = z.object({
  permission: z.enum(["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"]),
  grantee: z.object({ kind: z.enum(["id", "uri", "emailAddress"]), value: z.string() }),
});

const copySchema = z.object({
  facts,
  carried: z.object({
    grants: z.array(grant).nullable(),
    tags: z.array(z.object({ key: z.string(), value: z.string() })),
    losses: z.array(z.object({ of: z.enum(LOSSES), words: z.string() })),
    owner: z.object({ before: z.string(), after: z.string() }).exactOptional(),
    newClass: z.object({ before: z.string(), after: z.string() }).exactOptional(),
  }),
  strategy: z.enum(STRATEGIES),
});

/** `null` for a line that a kill cut off. */
function parseCopy(line: string): BegunCopy | null {
  try {
    return copySchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** A copy that was begun, and of which no answer may ever come. */
export interface BegunCopy {
  readonly facts: ObjectFacts;
  readonly carried: CarriedFacts;
  readonly strategy: StrategyName;
}
