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
import { planSchema } from "../../migrate/model/policy.js";
import {
  COPY_REASONS,
  ENCRYPTED_REASONS,
  FAIL_REASONS,
  NOT_FOUND_REASONS,
  REASON_WORDS,
  REFUSE_REASONS,
  type Reason,
  SKIP_REASONS,
  VERSION_LEFT_WORDS,
} from "../../migrate/model/reason.js";
import { GATES } from "../../migrate/report/gates.js";
import { UNSEEN_WORDS } from "../../migrate/report/not-seen.js";
import { summarySchema } from "../../migrate/report/summary.js";

/** One file of a run folder, and the version of its format. */
interface Published {
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly schema: z.ZodType;
}

const count = z.number().int().nonnegative();
const seal = z.object({ manifestSha256: z.string().nullable() }).catchall(z.unknown());
const finding = z.looseObject({ kind: z.string(), path: z.string() });

/** The lines of --json, by their `kind`. A kind that is a union of many shapes in the sources has its common members here. */
const JSON_LINES = [
  journalLineSchema,
  z.object({ kind: z.literal("bucket"), ...runRecordSchema.shape.buckets.element.shape }),
  z.object({
    kind: z.literal("unseen"),
    bucket: z.string(),
    prefix: z.string(),
    because: z.string(),
    detail: z.string(),
  }),
  z.object({ kind: z.literal("plan"), plan: planSchema }),
  z.looseObject({ kind: z.enum(["probed", "baseline-dropped", "baseline-left-out"]) }),
  z.object({
    kind: z.literal("summary"),
    end: z.enum(["complete", "interrupted", "aborted"]).nullable(),
    verdict: z.object({ kind: z.string(), headline: z.string(), detail: z.string() }),
    remains: z.array(z.object({ kind: z.string(), count, bytes: count.nullable(), words: z.string() })),
    failOn: z.array(z.enum(GATES)),
    runDir: z.string(),
    seal: seal.nullable(),
    wasComplete: z.boolean().optional(),
    ...summarySchema.shape,
  }),
  z.object({
    kind: z.literal("verify"),
    runDir: z.string(),
    verdict: z.enum(["intact", "stopped", "not-intact"]),
    intact: z.boolean(),
    findings: z.array(finding),
    skipped: z.array(z.object({ check: z.string(), because: z.string() })),
    checked: z.object({ files: count, journalLines: count }),
    seal,
    live: z.looseObject({}).optional(),
  }),
  z.looseObject({ kind: z.literal("live-line"), result: z.string(), bucket: z.string(), key: z.string() }),
  z.object({
    kind: z.literal("prove"),
    runDir: z.string(),
    key: z.string(),
    versionId: z.string().optional(),
    proof: z.looseObject({ kind: z.enum(["proof", "no-line", "unprovable"]) }),
  }),
  z.object({
    kind: z.literal("sign"),
    runDir: z.string(),
    result: z.enum(["signed", "refused"]),
    seal: seal.optional(),
    findings: z.array(finding).optional(),
  }),
  z.looseObject({ kind: z.literal("difference"), bucket: z.string(), key: z.string() }),
  z.looseObject({ kind: z.literal("diff"), compared: count, totals: z.looseObject({}) }),
  z.looseObject({ kind: z.literal("finding"), found: z.string(), topic: z.string() }),
  z.looseObject({ kind: z.literal("probe"), bucket: z.string(), end: z.string() }),
  z.looseObject({ kind: z.literal("target"), known: z.boolean() }),
  z.object({
    kind: z.literal("run"),
    id: z.string(),
    run: z.string(),
    command: z.enum(["audit", "migrate"]),
    toolVersion: z.string(),
    endpoint: z.string(),
    startedAt: z.string(),
    workers: z.array(z.string()),
    held: count,
    waiting: count,
    done: count,
  }),
  z.object({ kind: z.literal("queue"), runs: count, left: count }),
  z.object({ kind: z.literal("drained"), removed: count }),
] as const;

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
  "json-line": {
    name: "json-line",
    version: 1,
    description: "One line that bucketseal prints on stdout with --json. `kind` says which.",
    schema: z.union(JSON_LINES),
  },
} as const satisfies Readonly<Record<string, Published>>;

type SchemaName = keyof typeof PUBLISHED;
export const SCHEMA_NAMES = Object.keys(PUBLISHED) as readonly SchemaName[];

/** Beside docs/. */
export function schemaFile(name: SchemaName): string {
  return `schema/${name}.v${PUBLISHED[name].version}.schema.json`;
}

/** The JSON Schema of a zod schema. */
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

/** The tables of reasons, and the outcomes that they explain. */
const REASON_TABLES: readonly (readonly [title: string, lead: string, words: Readonly<Record<string, string>>])[] = [
  [
    "Encrypted already",
    "`outcome` is `already-encrypted`, or `encrypted` for a noncurrent version.",
    pick(ENCRYPTED_REASONS),
  ],
  ["Copied", "The reason of the decision if `outcome` is `migrated`.", pick(COPY_REASONS)],
  ["Skipped", "`outcome` is `skipped`: the object was left unchanged.", pick(SKIP_REASONS)],
  ["Refused", "`outcome` is `refused`: a copy could have lost something.", pick(REFUSE_REASONS)],
  ["Failed", "`outcome` is `failed`: the run went on with the others.", pick(FAIL_REASONS)],
  ["Not found", "`outcome` is `not-found`: the key manifest names the object.", pick(NOT_FOUND_REASONS)],
  ["Vanished", "`outcome` is `vanished`.", pick(["vanished"])],
  ["Noncurrent versions in plaintext", "`outcome` is `plaintext` for a noncurrent version.", VERSION_LEFT_WORDS],
  ["Locations that were not seen", "`because` of an unseen location.", UNSEEN_WORDS],
];

function pick(reasons: readonly Reason[]): Readonly<Record<string, string>> {
  return Object.fromEntries(reasons.map((reason) => [reason, REASON_WORDS[reason]]));
}

/** docs/reasons.md, made from the tables of reasons. */
export function reasonsPage(): string {
  const tables = REASON_TABLES.map(([title, lead, words]) => {
    const rows = Object.entries(words).map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll("|", "\\|")} |`);
    return `## ${title}\n\n${lead}\n\n| code | meaning |\n|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Reason codes\n\n${REASONS_LEAD}\n\n${tables.join("\n")}`;
}

const REASONS_LEAD = `The codes that the journal, report.csv (\`decisionReason\`, \`outcomeReason\`), summary.json
(\`reasons\`), OCSF (\`unmapped.reason\`), report.prom and \`--json\` use, with the words that reports
show for them. A code keeps its meaning. \`npm run schemas\` makes this page from the tables in the
sources.`;

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, validateFormats: false });
const compiled = new Map<SchemaName, ValidateFunction>();

function validatorOf(name: SchemaName): ValidateFunction {
  const known = compiled.get(name) ?? ajv.compile(jsonSchema(name));
  compiled.set(name, known);
  return known;
}

/** The problems of the output of --json; empty if each line matches the published schema. */
export function jsonLineProblems(stdout: string): string[] {
  const validate = validatorOf("json-line");
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines
    .filter((line) => !validate(JSON.parse(line)))
    .map((line) => `${line}: ${ajv.errorsText(validate.errors)}`);
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

/** The parts of a run folder that do not match the published JSON Schemas, according to a validator that is not ours. */
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
