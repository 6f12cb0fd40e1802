import { createMerkleTree, type Subtree } from "./merkle-tree.js";

/** One step from a leaf to the root: the hash that is beside it, and on which side. */
export interface PathStep {
  readonly side: "left" | "right";
  readonly hash: Buffer;
}

export interface AuditPaths {
  readonly leaves: number;
  readonly root: Buffer;
  /** By the number of the leaf, from 0; the step next to the leaf comes first. */
  readonly paths: ReadonlyMap<number, readonly PathStep[]>;
}

/**
 * The audit paths (https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1) of some of a number of leaves, from one pass over all
 * of them. Holds the hashes of these paths alone.
 *
 * @throws RangeError where there are not as many leaves as was said
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
  if (tree.leaves() !== leaves) throw new RangeError(`${tree.leaves()} leaves, not ${leaves}`);
  const stepsOf = (steps: readonly Sibling[]) =>
    steps.map(({ side, subtree }) => ({ side, hash: found.get(nameOf(subtree)) ?? Buffer.alloc(0) }));
  return { leaves, root, paths: new Map([...siblings].map(([leaf, steps]) => [leaf, stepsOf(steps)])) };
}

interface Sibling {
  readonly side: PathStep["side"];
  readonly subtree: Subtree;
}

/** What is beside the way from a leaf up to the root of a subtree, from the leaf on. */
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
