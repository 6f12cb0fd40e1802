import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { journalLineSchema, readLines } from "../../migrate/journal/read-journal.js";
import { listSegments } from "../../migrate/journal/segments.js";
import { parseAs } from "../../migrate/model/parse.js";
import { jsonSchema, type SchemaName } from "./published-schemas.js";

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
