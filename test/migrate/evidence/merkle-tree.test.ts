import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auditPaths, createMerkleTree, leafHash, rootOfPath } from "../../../migrate/evidence/merkle-tree.js";

// Leaves and roots of the reference tests of Certificate Transparency:
// https://github.com/google/certificate-transparency/blob/master/cpp/merkletree/merkle_tree_test.cc
const LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

const sha256 = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();

/** As RFC 6962 defines it, word for word, and nothing of ours in it. */
function rootByDefinition(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0] ?? Buffer.alloc(0));
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.of(1), rootByDefinition(leaves.slice(0, k)), rootByDefinition(leaves.slice(k)));
}

function rootOf(leaves: readonly Uint8Array[]): Buffer {
  const tree = createMerkleTree();
  for (const leaf of leaves) tree.add(leafHash(leaf));
  return tree.root();
}

async function* hashesOf(leaves: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const leaf of leaves) yield leafHash(leaf);
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => Buffer.from(`line ${index}`));

describe("Merkle tree of lines", () => {
  test.each(ROOTS.map((root, count) => ({ root, count })))(
    "has the reference root for $count leaves",
    ({ root, count }) => {
      const leaves = LEAVES.slice(0, count).map((hex) => Buffer.from(hex, "hex"));
      expect(rootOf(leaves).toString("hex")).toBe(root);
    },
  );

  test("has the root by definition for up to 70 leaves, after each added leaf", () => {
    const leaves = numbered(70);
    const tree = createMerkleTree();
    for (const [index, leaf] of leaves.entries()) {
      tree.add(leafHash(leaf));
      expect(tree.root()).toEqual(rootByDefinition(leaves.slice(0, index + 1)));
      expect(tree.leaves()).toBe(index + 1);
    }
  });

  test("has another root if a leaf is edited, removed, added or swapped", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), fc.nat(), (count, a, b) => {
        const leaves = numbered(count);
        const [one, other] = [a % count, b % count];
        const root = rootOf(leaves);
        expect(rootOf(leaves.with(one, Buffer.from("edited")))).not.toEqual(root);
        expect(rootOf(leaves.toSpliced(one, 1))).not.toEqual(root);
        expect(rootOf(leaves.toSpliced(one, 0, Buffer.from("added")))).not.toEqual(root);
        const swapped = leaves.with(one, leaves[other] ?? Buffer.of()).with(other, leaves[one] ?? Buffer.of());
        if (one !== other) expect(rootOf(swapped)).not.toEqual(root);
      }),
    );
  });

  test("does not accept an inner node as a leaf", () => {
    const [left, right] = [leafHash(Buffer.from("a")), leafHash(Buffer.from("b"))];
    expect(rootOf([Buffer.concat([left, right])])).not.toEqual(rootOf([Buffer.from("a"), Buffer.from("b")]));
  });
});

describe("auditPaths", () => {
  test("leads from every leaf to the root for trees of up to 40 leaves, in one pass", async () => {
    for (let count = 1; count <= 40; count += 1) {
      const leaves = numbered(count);
      const all = leaves.map((_, index) => index);
      const { root, paths } = await auditPaths(hashesOf(leaves), count, all);
      expect(root).toEqual(rootByDefinition(leaves));
      for (const index of all) {
        const path = paths.get(index) ?? [];
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count)));
        expect(rootOfPath(leafHash(leaves[index] ?? Buffer.of()), path)).toEqual(root);
      }
    }
  });

  test("does not lead to the root from another line, another place, or with a step on the other side", async () => {
    const leaves = numbered(11);
    const { root, paths } = await auditPaths(hashesOf(leaves), 11, [4, 5]);
    const path = paths.get(4) ?? [];
    expect(rootOfPath(leafHash(Buffer.from("another")), path)).not.toEqual(root);
    expect(rootOfPath(leafHash(leaves[4] ?? Buffer.of()), paths.get(5) ?? [])).not.toEqual(root);
    for (const [index, step] of path.entries()) {
      const turned = path.with(index, { ...step, side: step.side === "left" ? "right" : "left" });
      expect(rootOfPath(leafHash(leaves[4] ?? Buffer.of()), turned)).not.toEqual(root);
    }
  });

  test("rejects a number of leaves that does not match", async () => {
    await expect(auditPaths(hashesOf(numbered(3)), 4, [0])).rejects.toThrow("3 leaves, not 4");
  });
});
