import { emptyRoot, nodeHash } from "./hashes.js";

/** A part of the tree: `leaves` of them, the first of which is number `first`, from 0. */
export interface Subtree {
  readonly first: number;
  readonly leaves: number;
}

export type OnSubtree = (subtree: Subtree, hash: Buffer) => void;

export interface MerkleTree {
  /** The hash of the next leaf. */
  add(leaf: Buffer): void;
  leaves(): number;
  /** Of all leaves so far. */
  root(): Buffer;
}

interface Peak extends Subtree {
  readonly hash: Buffer;
}

/**
 * The Merkle tree of RFC 6962, built leaf by leaf. It holds one hash for each bit of the number of leaves. `onSubtree` is told of
 * every subtree once, those of a single leaf too; of those at the right edge, whose sizes are no powers of two, by `root`.
 */
export function createMerkleTree(onSubtree: OnSubtree = () => undefined): MerkleTree {
  const peaks: Peak[] = [];
  let leaves = 0;

  const joined = (left: Peak, right: Peak): Peak => {
    const both = {
      first: left.first,
      leaves: left.leaves + right.leaves,
      hash: nodeHash(left.hash, right.hash),
    };
    onSubtree(both, both.hash);
    return both;
  };

  return {
    add(leaf) {
      let right: Peak = { first: leaves, leaves: 1, hash: leaf };
      onSubtree(right, leaf);
      for (let left = peaks.at(-1); left?.leaves === right.leaves; left = peaks.at(-1)) {
        peaks.pop();
        right = joined(left, right);
      }
      peaks.push(right);
      leaves += 1;
    },
    leaves: () => leaves,
    root() {
      const last = peaks.at(-1);
      if (last === undefined) return emptyRoot();
      return peaks.slice(0, -1).reduceRight((right, left) => joined(left, right), last).hash;
    },
  };
}
