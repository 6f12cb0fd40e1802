export interface GroupCommit {
  /** Resolves once the line is where `write` puts it. Lines that wait together are written together. */
  append(line: string): Promise<void>;
  /** Resolves once everything appended until now is written; rejects as the last write did. */
  settled(): Promise<void>;
}

/** One write, and so one fsync, for all lines that come while another is under way. Writes never overlap. */
export function groupCommit(write: (batch: Buffer) => Promise<void>): GroupCommit {
  let waiting: string[] = [];
  let flushing: Promise<void> | null = null;
  let last: Promise<void> = Promise.resolve();

  const flush = async () => {
    // Whoever comes in the same turn of the event loop still gets in.
    await Promise.resolve();
    const batch = Buffer.from(waiting.join(""));
    waiting = [];
    flushing = null;
    await write(batch);
  };

  return {
    append(line) {
      waiting.push(line);
      if (flushing === null) {
        flushing = last.then(flush);
        last = flushing;
      }
      return flushing;
    },
    settled: () => last,
  };
}
