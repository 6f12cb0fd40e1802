import { createInterface } from "node:readline/promises";
import { type Plan, type RemovalFound, UsageError } from "../../migrate/index.js";
import { countOf, formatBytes } from "../../migrate/model/text.js";
import { sumOf } from "../../migrate/report/tally.js";
import { note, onStderr } from "../print/terminal.js";
import { planLines } from "../print/what-next.js";

const VERBS: Readonly<Record<RemovalFound["treatment"], string>> = {
  purge: "remove",
  replay: "re-create encrypted, and then remove,",
};

/** The defaults that `--set-default` replaces, and the new one, as `findBuckets` decides. */
const DEFAULTS_SET = {
  "sse-s3": "none is set to SSE-S3",
  "sse-kms": "none, or SSE-S3, is set to SSE-KMS",
} as const;

type Terminal = Pick<NodeJS.Process, "env"> & {
  readonly stdin: { readonly isTTY?: boolean };
  readonly stderr: { readonly isTTY?: boolean };
};

/** Whether somebody can be asked about the plan: stdin and stderr are a terminal, and no pipeline runs the command. */
export function canAsk({ stdin, stderr, env }: Terminal = process): boolean {
  const isPipeline = !["", "0", "false"].includes(env.CI ?? "");
  return stdin.isTTY === true && stderr.isTTY === true && !isPipeline;
}

export interface DefaultFlags {
  readonly setDefault?: boolean;
  readonly to?: string;
}

/** Asks the user to type y after the plan and the default encryption that these flags set, which are on stderr. */
export async function askAboutPlan(plan: Plan, { setDefault, to }: DefaultFlags): Promise<boolean> {
  for (const line of planLines(plan, process.stderr.columns, onStderr)) note(line);
  const set = DEFAULTS_SET[to === "sse-kms" ? to : "sse-s3"];
  if (setDefault) note(`  The default encryption of each bucket that has ${set} first.`);
  const { objects } = sumOf(plan.ways);
  const many = plan.complete ? `up to ${countOf(objects, "object")}` : `${countOf(objects, "object")} and more`;
  const answer = await ask(`Encrypt ${many} in place? [y/N] `);
  return /^y(es)?$/i.test(answer ?? "");
}

/** The line that the user types; `null` if there is none, as after Ctrl-C. */
async function ask(question: string): Promise<string | null> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new AbortController();
  terminal.on("SIGINT", () => ended.abort()).on("close", () => ended.abort());
  try {
    return (await terminal.question(question, { signal: ended.signal })).trim();
  } catch (error) {
    if (ended.signal.aborted) return null;
    throw error;
  } finally {
    terminal.close();
  }
}

/**
 * Asks the user to type the number of versions that will be removed.
 *
 * @throws UsageError if there is no terminal to ask on
 */
export async function askToRemove(found: RemovalFound): Promise<boolean> {
  const { treatment, versions } = found;
  const what = removalWords(found);
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError([
      `--versions ${treatment} would ${what}; nothing was changed: give --yes to confirm it, or --dry-run to look first`,
    ]);
  }
  note(`This will ${what}.`);
  note("Removed versions cannot be restored.");
  const answer = await ask(`Type ${versions} to continue: `);
  return answer?.replaceAll(",", "") === String(versions);
}

function removalWords({ treatment, versions, bytes, keys }: RemovalFound): string {
  const count = `${countOf(versions, "noncurrent version")} (${formatBytes(bytes)}) of ${countOf(keys, "key")}`;
  return `${VERBS[treatment]} ${count} in plaintext, and those that this run's copies leave behind`;
}
