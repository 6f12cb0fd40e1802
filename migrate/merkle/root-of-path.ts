import type { PathStep } from "./audit-path.js";
import { nodeHash } from "./hashes.js";

/** The root that a leaf and its audit path lead to. */
export function rootOfPath(leaf: Buffer, path: readonly PathStep[]): Buffer {
  return path.reduce(
    (hash, step) => (step.side === "left" ? nodeHash(step.hash, hash) : nodeHash(hash, step.hash)),
    leaf,
  );
}
