import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { z } from "zod";
import { manifestSchema } from "../../migrate/evidence/manifest.js";
import { statementSchema } from "../../migrate/evidence/statement.js";
import { journalLineSchema, readLines } from "../../migrate/journal/read-journal.js";
import { runRecordSchema } from "../../migrate/journal/run-record.js";
import { listSegments } from "../../migrate/journal/segments.js";
import { parseAs } from "../../migrate/model/parse.js";
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
      "run.json in the run folder of bucketseal: the options, the store, the user and the times of the run, and what it found about the buckets.",
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

type SchemaName = keyof typeof PUBLISHED;
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

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, validateFormats: false });
const compiled = new Map<SchemaName, ValidateFunction>();

function validatorOf(name: SchemaName): ValidateFunction {
  const known = compiled.get(name) ?? ajv.compile(jsonSchema(name));
  compiled.set(name, known);
  return known;
}

/** Lines of a segment that the project's own reader takes, and the published schema does not. */
export async function undocumentedLines(segment: string): Promise<string[]> {
  const validate = validatorOf("journal-line");
  const problems: string[] = [];
  for await (const line of readLines(segment)) {
    const parsed = parseAs(journalLineSchema, line);
    if (parsed.ok && !validate(JSON.parse(line))) problems.push(`${line}: ${ajv.errorsText(validate.errors)}`);
  }
  return problems;
}

const JSON_FILES = { "run.json": "run", "summary.json": "summary", "manifest.json": "manifest" } as const;

export interface FolderProblems {
  /** How many lines of the journal there are of each kind. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** What of a run folder is not as the published JSON Schemas have it, by a validator that is not ours. */
export async function folderProblems(runDir: string): Promise<FolderProblems> {
  const kinds: Record<string, number> = {};
  const problems: string[] = [];
  const check = (name: SchemaName, where: string, value: unknown) => {
    const validate = validatorOf(name);
    if (!validate(value)) problems.push(`${where}: ${ajv.errorsText(validate.errors)}`);
  };
  for (const segment of await listSegments(runDir)) {
    for await (const line of readLines(segment)) {
      const record = JSON.parse(line) as { readonly kind: string };
      kinds[record.kind] = (kinds[record.kind] ?? 0) + 1;
      check("journal-line", `${basename(segment)} ${record.kind}`, record);
    }
  }
  for (const [file, name] of Object.entries(JSON_FILES)) {
    check(name, file, JSON.parse(await readFile(join(runDir, file), "utf8")));
  }
  return { kinds, problems };
}
