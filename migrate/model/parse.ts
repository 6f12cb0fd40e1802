import { z } from "zod";

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** Parses a text as JSON of a schema, or returns its first problem. */
export function parseAs<T>(schema: z.ZodType<T>, text: string): Parsed<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, problem: "it is not JSON" };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) {
    return { ok: true, value: parsed.data };
  }
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  return { ok: false, problem: `${where}${issue?.message ?? "invalid"}` };
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
