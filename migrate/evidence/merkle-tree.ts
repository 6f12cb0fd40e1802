import { hash as digest } from "node:crypto";
import { countOf, formatCount } from "../model/text.js";

/** A part of the tree: `leaves` leaves, beginning with number `first` (from 0). */
interface Subtree {
  readonly first: number;
  readonly leaves: number;
}

type OnSubtree = (subtree: Subtree, hash: Buffer) => void;

interface MerkleTree {
  /** Adds the hash of the next leaf. */
  add(leaf: Buffer): void;
  leaves(): number;
  /** The root over all leaves so far. */
  root(): Buffer;
}

interface Peak extends Subtree {
  readonly hash: Buffer;
}

/**
 * The Merkle tree of RFC 6962, built leaf by leaf. It keeps one hash per bit of the number of leaves.
 * `onSubtree` is called once for every subtree, including single leaves. For those at the right edge, whose
 * sizes are not powers of two, `root` calls it.
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

/** Length of every hash, in bytes. */
export const HASH_BYTES = 32;

// These prefixes separate leaves from nodes: https://www.rfc-editor.org/rfc/rfc6962#section-2.1
const LEAF = Buffer.of(0x00);
const NODE = Buffer.of(0x01);

export function leafHash(bytes: Uint8Array): Buffer {
  return sha256(LEAF, bytes);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(NODE, left, right);
}

/** The root of a tree without leaves. */
function emptyRoot(): Buffer {
  return sha256();
}

/** By way of a text: a digest in a buffer gets memory of its own, which takes half as long as to hash a line. */
function sha256(...parts: readonly Uint8Array[]): Buffer {
  return Buffer.from(digest("sha256", Buffer.concat(parts), "binary"), "binary");
}

/** The root computed from a leaf and its audit path. */
export function rootOfPath(leaf: Buffer, path: readonly PathStep[]): Buffer {
  return path.reduce(
    (hash, step) => (step.side === "left" ? nodeHash(step.hash, hash) : nodeHash(hash, step.hash)),
    leaf,
  );
}

/** One step from a leaf to the root: the sibling hash and its side. */
export interface PathStep {
  readonly side: "left" | "right";
  readonly hash: Buffer;
}

interface AuditPaths {
  readonly leaves: number;
  readonly root: Buffer;
  /** By leaf number, from 0. The step next to the leaf comes first. */
  readonly paths: ReadonlyMap<number, readonly PathStep[]>;
}

/**
 * Computes the audit paths (https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1) of some leaves in one pass
 * over all of them. Keeps only the hashes of these paths in memory.
 *
 * @throws RangeError if the number of hashes is not `leaves`
 */
export async function auditPaths(
  hashes: AsyncIterable<Buffer>,
  leaves: number,
  wanted: readonly number[],
): Promise<AuditPaths> {
  const siblings = new Map(wanted.map((leaf) => [leaf, siblingsOf(leaf, { first: 0, leaves })]));
  const needed = new Set([...siblings.values()].flatMap((steps) => steps.map(({ subtree }) => nameOf(subtree))));
  const found = new Map<string, Buffer>();
  const tree = createMerkleTree((subtree, hash) => {
    const name = nameOf(subtree);
    if (needed.has(name)) found.set(name, hash);
  });
  for await (const hash of hashes) tree.add(hash);
  const root = tree.root();
  if (tree.leaves() !== leaves)
    throw new RangeError(`${countOf(tree.leaves(), "leaf", "leaves")}, not ${formatCount(leaves)}`);
  const stepsOf = (steps: readonly Sibling[]) =>
    steps.map(({ side, subtree }) => ({ side, hash: found.get(nameOf(subtree)) ?? Buffer.alloc(0) }));
  return { leaves, root, paths: new Map([...siblings].map(([leaf, steps]) => [leaf, stepsOf(steps)])) };
}

interface Sibling {
  readonly side: PathStep["side"];
  readonly subtree: Subtree;
}

/** The siblings on the path from a leaf up to the root of a subtree, beginning at the leaf. */
function siblingsOf(leaf: number, { first, leaves }: Subtree): readonly Sibling[] {
  if (leaves <= 1) return [];
  const half = largestPowerBelow(leaves);
  const left: Subtree = { first, leaves: half };
  const right: Subtree = { first: first + half, leaves: leaves - half };
  return leaf < right.first
    ? [...siblingsOf(leaf, left), { side: "right", subtree: right }]
    : [...siblingsOf(leaf, right), { side: "left", subtree: left }];
}

function largestPowerBelow(leaves: number): number {
  return 2 ** Math.floor(Math.log2(leaves - 1));
}

function nameOf({ first, leaves }: Subtree): string {
  return `${first}+${leaves}`;
}
