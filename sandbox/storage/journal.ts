import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Change } from "./bucket.js";

/**
 * The changes of one bucket, one JSON document per line. Not synced to disk, since a sandbox is not an
 * archive.
 */
export class Journal {
  readonly #path: string;
  readonly #file: FileHandle;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Rewrites a journal in a separate file, which replaces the old one once it is complete. */
  static async create(path: string, changes: Iterable<Change>): Promise<Journal> {
    await writeFile(`${path}.new`, lines(changes), { mode: 0o600 });
    await rename(`${path}.new`, path);
    return new Journal(path, await open(path, "a", 0o600));
  }

  /** Resolves once the change is written. Changes that arrive meanwhile share the next write. */
  async append(change: Change): Promise<void> {
    this.#waiting.push(line(change));
    while (this.#writing !== undefined) {
      await this.#writing;
    }
    if (this.#waiting.length > 0) {
      this.#writing = this.#writeWaiting();
      await this.#writing;
    }
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async destroy(): Promise<void> {
    await this.close();
    await rm(this.#path, { force: true });
  }

  async #writeWaiting(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      await this.#file.appendFile(batch.join(""));
    } finally {
      this.#writing = undefined;
    }
  }
}

function line(change: Change): string {
  return `${JSON.stringify(change)}\n`;
}

function* lines(changes: Iterable<Change>): Iterable<string> {
  for (const change of changes) {
    yield line(change);
  }
}

/** All changes in a journal, without a truncated last line. */
export async function* readJournal(path: string): AsyncIterable<Change> {
  const input = createReadStream(path);
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const change = parseLine(text);
    if (change !== undefined) {
      yield change;
    }
  }
}

function parseLine(text: string): Change | undefined {
  try {
    return JSON.parse(text) as Change;
  } catch {
    return undefined;
  }
}
