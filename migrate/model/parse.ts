import { z } from "zod";

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** `parseAs` for many texts of one schema. It makes no copies of values that are as this program writes them. */
export function parserOf<T>(schema: z.ZodType<T>): (text: string) => Parsed<T> {
  let isExact: IsExact | null = null;
  return (text) => {
    isExact ??= exactCheck(schema);
    return parseAs(schema, text, isExact);
  };
}

/** Parses a text as JSON of a schema, or returns its first problem. */
export function parseAs<T>(schema: z.ZodType<T>, text: string, isExact: IsExact = NEVER): Parsed<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, problem: "it is not JSON" };
  }
  if (isExact(json)) return { ok: true, value: json as T };
  const result = schema.safeParse(json);
  if (result.success) return { ok: true, value: result.data };
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  return { ok: false, problem: `${where}${issue?.message ?? "invalid"}` };
}

/**
 * Whether a JSON value is valid and the schema would return an equal one, with its properties in the same order. May be
 * `false` for such a value, and is for every value of a schema with parts that are not known here.
 */
type IsExact = (value: unknown) => boolean;

const NEVER: IsExact = () => false;

function exactCheck(schema: z.core.$ZodType): IsExact {
  const { def, values } = (schema as z.core.$ZodTypes)._zod;
  const rules = (def.checks ?? []).map(ruleOf);
  const both = (first: IsExact, second: IsExact) => (value: unknown) => first(value) && second(value);
  // A format such as z.email() is a rule of its own.
  if ("check" in def) return NEVER;
  if (def.type === "string") return rules.reduce(both, (value) => typeof value === "string");
  if (def.type === "number") return rules.reduce(both, Number.isFinite);
  if (rules.length > 0) return NEVER;
  if (def.type === "boolean") return (value) => typeof value === "boolean";
  if (def.type !== "literal" && def.type !== "enum") return exactParts(def);
  return (value) => values?.has(value as z.core.util.Literal) ?? false;
}

/** Of values that consist of others. */
function exactParts(def: z.core.$ZodTypes["_zod"]["def"]): IsExact {
  if (def.type === "nullable") return orNull(exactCheck(def.innerType));
  if (def.type === "optional") return exactCheck(def.innerType);
  if (def.type === "array") return exactArray(exactCheck(def.element));
  if (def.type === "object" && def.catchall === undefined) return exactObject(def.shape);
  if (def.type === "union" && "discriminator" in def) return exactUnion(def as z.core.$ZodDiscriminatedUnionDef);
  return NEVER;
}

function ruleOf(check: z.core.$ZodCheck<never>): IsExact {
  const { def } = (check as z.core.$ZodChecks)._zod;
  if (def.check === "number_format" && def.format === "safeint") return Number.isSafeInteger;
  if (def.check === "greater_than") {
    return (value) => (value as number) > (def.value as number) || (def.inclusive && value === def.value);
  }
  if (def.check === "string_format" && def.format === "regex" && def.pattern?.flags === "") {
    const { pattern } = def;
    return (value) => pattern.test(value as string);
  }
  return NEVER;
}

function orNull(isExact: IsExact): IsExact {
  return (value) => value === null || isExact(value);
}

function exactArray(isExact: IsExact): IsExact {
  return (value) => Array.isArray(value) && value.every(isExact);
}

/** Only with the properties of the shape, in its order. */
function exactObject(shape: Readonly<Record<string, z.core.$ZodType>>): IsExact {
  const properties = Object.entries(shape).map(([name, schema]) => ({
    name,
    isExact: exactCheck(schema),
    mayLack: schema._zod.def.type === "optional",
  }));
  return (value) => {
    if (!isTable(value)) return false;
    let at = 0;
    for (const name in value) {
      while (properties[at]?.mayLack && properties[at]?.name !== name) at += 1;
      const property = properties[at];
      if (property?.name !== name || !property.isExact(value[name])) return false;
      at += 1;
    }
    return at === properties.length || properties.slice(at).every(({ mayLack }) => mayLack);
  };
}

function exactUnion({ discriminator, options }: z.core.$ZodDiscriminatedUnionDef): IsExact {
  const byValue = new Map<unknown, IsExact>();
  for (const option of options) {
    const isExact = exactCheck(option);
    for (const value of option._zod.propValues?.[discriminator] ?? []) byValue.set(value, isExact);
  }
  return (value) => isTable(value) && (byValue.get(value[discriminator])?.(value) ?? false);
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A literal for the schema name of a file or line. Any other name is reported with the remedy. */
export function knownSchema<const T extends string>(name: T) {
  return z.literal(name, {
    error: ({ input }) =>
      input === undefined
        ? `it is missing, and should be "${name}"`
        : `${JSON.stringify(input)} is not known to this version, which reads "${name}": use the version of bucketseal that wrote it`,
  });
}
