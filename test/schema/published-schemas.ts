import { z } from "zod";
import { manifestSchema } from "../../migrate/evidence/manifest.js";
import { statementSchema } from "../../migrate/evidence/statement.js";
import { journalLineSchema } from "../../migrate/journal/read-journal.js";
import { runRecordSchema } from "../../migrate/journal/run-record.js";
import { summarySchema } from "../../migrate/report/summary.js";

/** One file of a run folder, and the version of what it is written in. */
interface Published {
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly schema: z.ZodType;
}

const PUBLISHED = {
  "journal-line": {
    name: "journal-line",
    version: 1,
    description: "One line of journal/*.ndjson in the run folder of bucketseal.",
    schema: journalLineSchema,
  },
  run: {
    name: "run",
    version: 1,
    description:
      "run.json in the run folder of bucketseal: what was asked, of whom, by whom, when, and what was found of the buckets.",
    schema: runRecordSchema,
  },
  summary: {
    name: "summary",
    version: 1,
    description: "summary.json in the run folder of bucketseal: totals, a pure fold of the journal.",
    schema: summarySchema,
  },
  manifest: {
    name: "manifest",
    version: 1,
    description:
      "manifest.json in the run folder of bucketseal: every other file, and the tree over the lines of the journal.",
    schema: manifestSchema,
  },
  statement: {
    name: "statement",
    version: 1,
    description:
      "The payload of manifest.dsse.json in the run folder of bucketseal: an in-toto statement about manifest.json.",
    schema: statementSchema,
  },
} as const satisfies Readonly<Record<string, Published>>;

export type SchemaName = keyof typeof PUBLISHED;
export const SCHEMA_NAMES = Object.keys(PUBLISHED) as readonly SchemaName[];

/** Beside docs/. */
export function schemaFile(name: SchemaName): string {
  return `schema/${name}.v${PUBLISHED[name].version}.schema.json`;
}

/** The JSON Schema of what zod reads here. */
export function jsonSchema(name: SchemaName): Record<string, unknown> {
  const { version, description, schema } = PUBLISHED[name];
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-2020-12" });
  return {
    $schema,
    $id: `urn:bucketseal:schema:${name}:${version}`,
    title: `${name}, version ${version}`,
    description,
    ...rest,
  };
}

export function schemaText(name: SchemaName): string {
  return `${JSON.stringify(jsonSchema(name), null, 2)}\n`;
}
