import { join } from "node:path";
import { readLineBytes } from "../journal/read-journal.js";
import { leafHash } from "../merkle/hashes.js";
import { createMerkleTree } from "../merkle/merkle-tree.js";
import type { JournalTree } from "./manifest.js";

const BATCH_LEAVES = 4096;

export interface TreeReading {
  /** The hashes of the lines, one after the other, in pieces. */
  readonly leaves: AsyncIterable<Buffer>;
  /** Complete once the leaves have ended. */
  readonly tree: () => JournalTree;
}

/** Reads the lines of these segments, in this order. What follows the last LF of a segment is no line. */
export function treeOfJournal(runDir: string, segments: readonly string[]): TreeReading {
  const merkle = createMerkleTree();
  const counted: JournalTree["segments"] = [];
  async function* leaves() {
    let batch: Buffer[] = [];
    for (const path of segments) {
      const before = merkle.leaves();
      for await (const { bytes, ended } of readLineBytes(join(runDir, path))) {
        if (!ended) continue;
        const hash = leafHash(bytes);
        merkle.add(hash);
        batch.push(hash);
        if (batch.length < BATCH_LEAVES) continue;
        yield Buffer.concat(batch);
        batch = [];
      }
      counted.push({ path, lines: merkle.leaves() - before });
    }
    yield Buffer.concat(batch);
  }
  return {
    leaves: leaves(),
    tree: () => ({
      tree: "rfc6962-sha256",
      lines: merkle.leaves(),
      root: merkle.root().toString("hex"),
      segments: counted,
    }),
  };
}
