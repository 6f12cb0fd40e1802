import { type FileHandle, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ENCRYPTION_STATES, EVIDENCE } from "../model/encryption.js";
import { type CarriedFacts, LOSSES, type ObjectFacts } from "../model/object.js";
import { STRATEGIES, type StrategyName } from "../model/reason.js";
import { createFile, partName, readWhole, writing } from "./folder-files.js";
import { groupCommit } from "./journal-writer.js";

const FILE = "in-flight.ndjson";
const MAX_FILE_BYTES = 16 * 1024 * 1024;

interface Place {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Copies in progress, written to disk before the store is called. After a kill, the next session can tell
 * from this file which objects this run encrypted. Its size depends on the copies in flight, not on the run.
 */
export interface InFlight {
  begin(copy: BegunCopy): Promise<void>;
  /** Call it once the outcome is in the journal. */
  settle(place: Place): void;
  /** The attempt that an earlier session began for this object. */
  earlier(place: Place): BegunCopy | undefined;
  /** All of these attempts. */
  allEarlier(): readonly BegunCopy[];
  /**
   * The run is complete: all attempts that an earlier session left are done, or their objects were deleted
   * since.
   */
  forget(): void;
  /** Removes the file unless an attempt has no outcome yet. */
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
      // `begun` already contains the batch.
      file = await rewritten(path, begun);
      fileBytes = 0;
      return;
    }
    await appended(path, file, batch);
    fileBytes += batch.byteLength;
  });

  return {
    begin(copy) {
      begun.set(nameOf(copy.facts), copy);
      return lines.append(lineOf(copy));
    },
    settle(place) {
      const name = nameOf(place);
      begun.delete(name);
      earlier.delete(name);
    },
    forget: () => begun.clear(),
    earlier: (place) => (earlier.size === 0 ? undefined : earlier.get(nameOf(place))),
    allEarlier: () => [...earlier.values()],
    async close() {
      await lines.settled();
      await file?.close();
      if (begun.size === 0) await rm(path, { force: true });
      else await (await rewritten(path, begun)).close();
    },
  };
}

async function appended(path: string, file: FileHandle, batch: Uint8Array): Promise<void> {
  await writing(path, async () => {
    await file.appendFile(batch);
    await file.datasync();
  });
}

/** Replaces the file atomically, so that no attempt in flight is lost while the file shrinks. */
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

/** No bucket has a slash in its name. */
function nameOf({ bucket, key }: Place): string {
  return `${bucket}/${key}`;
}

/** Leaves out the customer key. */
function lineOf({ facts, carried, strategy }: BegunCopy): string {
  const shown = facts.customerKey === null ? facts : { ...facts, customerKey: null };
  return `${JSON.stringify({ facts: shown, carried, strategy })}\n`;
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
  kmsKeyId: z.string().exactOptional(),
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

/** `null` for a line that a kill truncated. */
function parseCopy(line: string): BegunCopy | null {
  try {
    return copySchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** A copy that was begun. Its answer may never arrive. */
export interface BegunCopy {
  readonly facts: ObjectFacts;
  readonly carried: CarriedFacts;
  readonly strategy: StrategyName;
}
