import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { journalLineSchema } from "../../../migrate/journal/read-journal.js";
import { parseAs, parserOf } from "../../../migrate/model/parse.js";
import { checkpoint, outcomeRecord } from "../fixtures/records.js";

/** Values that a schema of the journal accepts, of each kind and with each of its optional properties. */
function valuesOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const { def, values } = (schema as z.core.$ZodTypes)._zod;
  const pattern = (def.checks ?? []).flatMap((check) => {
    const { def: rule } = (check as z.core.$ZodChecks)._zod;
    return rule.check === "string_format" && rule.pattern !== undefined ? [rule.pattern] : [];
  })[0];
  if (def.type === "string") {
    return pattern === undefined ? fc.string({ unit: "grapheme" }) : fc.stringMatching(pattern);
  }
  if (def.type === "number") return fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  if (def.type === "boolean") return fc.boolean();
  if (def.type === "nullable") return fc.option(valuesOf(def.innerType));
  if (def.type === "optional") return fc.option(valuesOf(def.innerType), { nil: undefined });
  if (def.type === "array") return fc.array(valuesOf(def.element), { maxLength: 3 });
  if (def.type === "union") return fc.oneof(...def.options.map(valuesOf));
  if (def.type !== "object") return fc.constantFrom(...(values ?? []));
  return fc.record(Object.fromEntries(Object.entries(def.shape).map(([name, of]) => [name, valuesOf(of)])));
}

/** All places in a JSON value, by the path to them. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...path, name]))];
}

function changedAt(value: unknown, [name, ...path]: readonly string[], change: (value: unknown) => unknown): unknown {
  if (name === undefined) return change(value);
  const entries = Object.entries(value as object);
  const changed = entries.map(([key, inner]) => [key, key === name ? changedAt(inner, path, change) : inner] as const);
  return Array.isArray(value) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed);
}

const anyJson = fc.oneof(
  fc.constantFrom<unknown>(null, true, "", "x", 0, -0, -1, 1.5, 2 ** 60, [], {}, [null], { kind: "outcome" }),
  fc.constantFrom<unknown>("none", "copy", "skip", "migrated", "0".repeat(64), "bucketseal/journal/1"),
  fc.jsonValue({ maxDepth: 2 }),
);
const anyChange: fc.Arbitrary<(value: unknown) => unknown> = fc.oneof(
  anyJson.map((json) => () => json),
  fc.constant(() => undefined),
  fc
    .tuple(fc.constantFrom("more", "kind", "__proto__", "kmsKeyId", "at"), anyJson)
    .map(([name, json]) => withProperty(name, json)),
  fc.constant(reversed),
);

function withProperty(name: string, value: unknown): (table: unknown) => unknown {
  return (table) =>
    Object.defineProperty(structuredClone(Object(table)), name, { value, enumerable: true, configurable: true });
}

function reversed(value: unknown): unknown {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).toReversed()) : value;
}

const anyLine = valuesOf(journalLineSchema).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const changedLine = fc
  .tuple(anyLine, fc.array(fc.tuple(fc.nat(), anyChange), { minLength: 1, maxLength: 2 }))
  .map(([value, changes]) =>
    changes.reduce<unknown>((changed, [nth, change]) => {
      const places = placesIn(changed);
      return changedAt(changed, places[nth % places.length] ?? [], change);
    }, value),
  );
const textOf = (json: unknown) => JSON.stringify(json) ?? "undefined";

/** Values that are equal, with properties in the same order; or the same problem. */
function expectSame<T>(schema: z.ZodType<T>, text: string, found = parserOf(schema)(text)): void {
  const expected = parseAs(schema, text);
  expect(found).toEqual(expected);
  expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
}

describe("parserOf", () => {
  const parse = parserOf(journalLineSchema);

  test("reads each valid line as its schema does, without asking it", () => {
    const asked = vi.spyOn(journalLineSchema, "safeParse");
    fc.assert(
      fc.property(anyLine, (line) => {
        const found = parse(textOf(line));
        expect(asked).not.toHaveBeenCalled();
        expect(found.ok).toBe(true);
        expectSame(journalLineSchema, textOf(line), found);
        asked.mockClear();
      }),
      { numRuns: 2000 },
    );
    asked.mockRestore();
  });

  test("reads each changed line as its schema does, or reports the same problem", () => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(changedLine, (line) => {
        const found = parse(textOf(line));
        expectSame(journalLineSchema, textOf(line), found);
        seen[found.ok ? "valid" : "invalid"] += 1;
      }),
      { numRuns: 4000 },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(300);
  });

  test.each([
    ["cut off", '{"kind":"outcome"'],
    ["empty", ""],
    ["with a name twice", textOf(checkpoint()).replace("{", '{"kind":"upload",')],
    ["with an infinite number", textOf(outcomeRecord()).replace('"durationMs":1', '"durationMs":1e999')],
    [
      "with a number beyond the safe ones",
      textOf(outcomeRecord()).replace('"attempts":1', '"attempts":9007199254740993'),
    ],
    ["with a property that is no longer written", textOf({ ...outcomeRecord(), earlier: 1 })],
    ["with its properties in another order", textOf(reversed(outcomeRecord()))],
  ])("reads a line %s as its schema does", (_title, text) => expectSame(journalLineSchema, text, parse(text)));

  const OTHERS = {
    format: z.email(),
    shortest: z.string().min(2),
    trimmed: z.string().trim(),
    most: z.number().max(1),
    above: z.number().positive(),
    int: z.int(),
    refined: z.object({ a: z.boolean() }).refine(({ a }) => a),
    closed: z.strictObject({ a: z.boolean().optional() }),
    open: z.looseObject({ a: z.boolean() }),
    filled: z.object({ a: z.boolean().default(true) }),
    changed: z.string().transform((text) => text.length),
    table: z.record(z.string(), z.number()),
    either: z.union([z.string(), z.number()]),
    coerced: z.coerce.number(),
    nonEmpty: z.array(z.boolean()).min(1),
  };

  test.each(Object.entries(OTHERS))("reads values of a schema with other parts as it does: %s", (_title, schema) => {
    const json = fc.oneof(
      fc.constantFrom<unknown>("a@b.cc", " a ", {}, { a: true }, { a: false, b: 1 }, [], [true], 2, 0),
      fc.jsonValue(),
    );
    fc.assert(fc.property(json, (value) => expectSame<unknown>(schema, textOf(value))));
  });
});
