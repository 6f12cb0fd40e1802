import type { Plan, RunCheck, RunRecord, Summary } from "../../migrate/index.js";
import { formatBytes, formatCount } from "../../migrate/model/text.js";
import type { RunOption } from "../../migrate/options/declaration.js";
import { OPTIONS } from "../../migrate/options/option-table.js";
import { planFacts, planLimits, planRows } from "../../migrate/report/plan-words.js";
import { runState } from "../../migrate/report/run-state.js";
import { type onStderr, shellWord, wrap } from "./terminal.js";

/** The recorded options of a run that say nothing about the next one. */
const OF_THIS_RUN: ReadonlySet<string> = new Set([
  ...["dryRun", "formats", "ocsf", "failOn", "allowEmpty", "pathStyle", "publicKey"],
  ...["baseline", "baselineSample", "baselineSeed", "sign", "signPassphraseFile"],
]);

/**
 * The command to type next: an audit that found plaintext, and a dry run, lead to the migration, everything else to the
 * check of the report. `null` if the run is to be resumed.
 */
export function nextCommand(run: RunRecord, { total }: Summary, runDir: string): string | null {
  if (runState(run) !== "complete") return null;
  const isBeforeCopies = run.dryRun || (run.command === "audit" && total.statesNow.none.objects > 0);
  const migration = isBeforeCopies ? migrateAs(run) : null;
  return migration ?? `bucketseal verify ${shellWord(runDir)}`;
}

/** `null` if the folder is not intact, or claims to be signed. */
export function nextAfterVerify({ findings, seal }: RunCheck, runDir: string): string | null {
  if (findings.length > 0 || seal.signature.kind !== "unsigned") return null;
  return `bucketseal sign ${shellWord(runDir)} --key sign.pem`;
}

/** `null` if its buckets came through a pipe. */
function migrateAs({ options }: RunRecord): string | null {
  if (options.targets === "stdin") return null;
  const { locations, ...others } = options;
  const places = Array.isArray(locations) ? locations.map((location) => shellWord(String(location))) : [];
  const flags = Object.entries(others).flatMap(([name, value]) => (OF_THIS_RUN.has(name) ? [] : flagsOf(name, value)));
  return ["bucketseal migrate", ...places, ...flags].join(" ");
}

function flagsOf(name: string, value: unknown): string[] {
  const { flag, takes }: Partial<RunOption> = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as keyof typeof OPTIONS] : {};
  const [spelt] = flag?.split(" ", 1) ?? [];
  if (spelt === undefined) return [];
  if (typeof value === "boolean") return value !== spelt.startsWith("--no-") ? [spelt] : [];
  const values = Array.isArray(value) ? value.map(String) : [String(value)];
  const given = takes === "commas" ? [values.join(",")] : values;
  return given.map((one) => `${spelt} ${shellWord(one)}`);
}

const COUNT_COLUMNS = 13;
const SIZE_COLUMNS = 11;
const LABEL_COLUMNS = 24;

/** The plan in lines that fit the terminal. */
export function planLines(
  plan: Plan,
  columns: number | undefined,
  paint: Pick<typeof onStderr, "bold" | "dim">,
): string[] {
  const indent = " ".repeat(COUNT_COLUMNS + SIZE_COLUMNS + 2);
  const rows = planRows(plan).map(({ what, guard, objects, bytes }) => {
    const words = wrap(guard === "" ? what : `${what}, ${guard}`, { columns, taken: indent.length, indent });
    return `${formatCount(objects).padStart(COUNT_COLUMNS)}${formatBytes(bytes).padStart(SIZE_COLUMNS)}  ${words}`;
  });
  const under = " ".repeat(LABEL_COLUMNS);
  const facts = planFacts(withoutAddress(plan)).map(
    ([label, value]) =>
      `  ${label.padEnd(LABEL_COLUMNS - 2)}${wrap(value, { columns, taken: LABEL_COLUMNS, indent: under })}`,
  );
  const limits = planLimits(plan).map((words) => paint.dim(`  ${wrap(words, { columns, taken: 2, indent: "  " })}`));
  return [
    paint.bold(rows.length === 0 ? "Plan: there is no object" : "Plan, an estimate:"),
    ...rows,
    ...facts,
    ...limits,
  ];
}

/** An address is longer than a line; the reports have it. */
function withoutAddress(plan: Plan): Plan {
  const { cost } = plan;
  return cost.kind === "unknown" ? plan : { ...plan, cost: { ...cost, source: "price list" } };
}
