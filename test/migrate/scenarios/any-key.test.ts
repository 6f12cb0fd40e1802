import fc from "fast-check";
import { expect, test } from "vitest";
import { migrate } from "../../../migrate/index.js";
import { differing, readBucket } from "../../buckets/read-bucket.js";
import { fillBucket, startWorld } from "../../buckets/start-world.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../../length.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const MAX_KEY_BYTES = 1024;

/** Any code points but halves of pairs, which no UTF-8 can hold; often with what URLs, XML and paths treat on their own. */
const key = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
    fc
      .array(
        fc.constantFrom(
          "/",
          "//",
          ".",
          "..",
          "+",
          "%",
          "%2F",
          " ",
          "?",
          "#",
          "&",
          "=",
          "\\",
          "é",
          "e\u0301",
          "🦊",
          "\n",
          "a",
        ),
        {
          minLength: 1,
          maxLength: 12,
        },
      )
      .map((pieces) => pieces.join("")),
    fc.string({ unit: "binary-ascii", minLength: 900, maxLength: MAX_KEY_BYTES }),
  )
  .filter((text) => Buffer.byteLength(text) <= MAX_KEY_BYTES);

test("migrate lists, copies and journals keys of any Unicode unchanged", {
  tags: ["slow"],
  timeout: SWEEP_TIMEOUT_MS,
}, async () => {
  const { raw, optionsFor } = await startWorld();
  let buckets = 0;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(key, { minLength: 1, maxLength: 40 }), async (keys) => {
      buckets += 1;
      const bucket = `keys-${buckets}`;
      await fillBucket(
        raw,
        bucket,
        keys.map((name, index) => ({ key: name, body: Buffer.alloc(index, name) })),
      );
      const before = await readBucket(raw, bucket);
      expect(new Set(before.keys())).toEqual(new Set(keys));
      // Half in one piece, half in parts.
      const { runDir, summary } = await migrate(
        await optionsFor(bucket, {
          copyCutoff: Math.floor(keys.length / 2),
          canary: false,
          assume: "documented",
          race: "off",
          rewriteBelow: 0,
        }),
      );
      const outcomes = await outcomesOf(runDir);
      expect(new Set(outcomes.keys())).toEqual(new Set(keys));
      expect(summary.total.outcomes.migrated.objects).toBe(keys.length);
      const after = await readBucket(raw, bucket);
      expect(differing(before, after)).toEqual([]);
      expect([...after.values()].filter(({ encryption }) => encryption !== "AES256")).toEqual([]);
    }),
    { numRuns: LONG ? 300 : 12 },
  );
});
