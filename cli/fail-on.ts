import type { RunResult, Summary } from "../migrate/index.js";
import { isEncrypting } from "../migrate/model/encryption.js";
import { countOf } from "../migrate/model/text.js";
import { emptyScopes, placeOf } from "../migrate/report/not-seen.js";
import { defaultNow } from "../migrate/report/remains.js";
import { FAIL_ON, type FailOn } from "./declarations/audit-migrate.js";

/** Counts the objects, versions or buckets that match a condition. */
type Count = (result: Pick<RunResult, "run" | "summary">) => number;

const CONDITIONS: Readonly<Record<FailOn, Count>> = {
  unencrypted: ({ summary: { total } }) =>
    total.statesNow.none.objects + olderOutcomes(total).plaintext + (total.arrivals?.plaintext ?? 0),
  noncurrent: ({ summary: { total, scopes }, run: { buckets } }) =>
    olderOutcomes(total).plaintext +
    olderOutcomes(total).failed +
    scopes.filter((scope) => !isLookedAt(scope, buckets)).length,
  refused: ({ summary: { total } }) => total.outcomes.refused.objects,
  failed: ({ summary: { total } }) => total.outcomes.failed.objects + olderOutcomes(total).failed,
  "sse-c": ({ summary: { total } }) => total.statesNow["sse-c"].objects,
  unknown: ({ summary: { total } }) => total.statesNow.unknown.objects,
  "no-default": ({ run: { buckets } }) => buckets.filter((bucket) => !isEncrypting(defaultNow(bucket))).length,
  "not-seen": ({ summary: { total } }) => total.notSeen ?? 0,
  "not-found": ({ summary: { total } }) => total.outcomes["not-found"].objects,
};

/** The conditions that are not about objects, as the end of a sentence that begins with "there are". */
const WORDS: Readonly<Partial<Record<FailOn, string>>> = {
  "no-default": "buckets whose default encryption could not be confirmed",
  "not-seen": "locations that were not seen",
  noncurrent: "noncurrent versions that are in plaintext or could not all be examined",
};

export type FailOnParsed =
  | { readonly kind: "known"; readonly names: readonly FailOn[] }
  | { readonly kind: "bad"; readonly problems: readonly string[] };

export function parseFailOn(names: readonly string[] = []): FailOnParsed {
  const unknown = names.filter((name) => !FAIL_ON.some((allowed) => allowed === name));
  const problems = unknown.map((name) => `--fail-on: "${name}" is not allowed: give one of ${FAIL_ON.join(", ")}`);
  return problems.length > 0 ? { kind: "bad", problems } : { kind: "known", names: names as readonly FailOn[] };
}

/** The conditions that hold. `refused`, `failed` and `not-seen` are always checked. */
export function conditionsFound(
  result: Pick<RunResult, "run" | "summary">,
  failOn: readonly FailOn[],
): readonly FailOn[] {
  const asked = new Set<FailOn>([...failOn, "refused", "failed", "not-seen"]);
  return [...asked].filter((name) => CONDITIONS[name](result) > 0);
}

/** The reasons, in sentences, why a pipeline should stop after this run; none if it may go on. */
export function failReasons(
  result: Pick<RunResult, "run" | "summary" | "verdict">,
  found: readonly FailOn[],
  { allowEmpty = false }: { readonly allowEmpty?: boolean | undefined } = {},
): string[] {
  const ofObjects = found.filter((name) => WORDS[name] === undefined);
  const objects = ofObjects.length === 0 ? [] : [`objects that are ${ofObjects.join(", ")}`];
  const there = [...objects, ...found.flatMap((name) => WORDS[name] ?? [])];
  return [
    ...(there.length === 0 ? [] : [`there are ${there.join(", and ")}`]),
    ...(result.verdict.kind === "incomplete" ? ["the totals do not add up"] : []),
    ...(allowEmpty ? [] : nothingExamined(result)),
  ];
}

function nothingExamined({
  run,
  summary,
  verdict: { kind },
}: Pick<RunResult, "run" | "summary" | "verdict">): string[] {
  if (kind === "incomplete") return [];
  const [first, ...more] = emptyScopes(summary, run);
  if (first === undefined) return [];
  const others = more.length === 0 ? "" : ` and ${countOf(more.length, "more location")}`;
  const where = kind === "nothing-examined" ? "" : ` in ${placeOf(first)}${others}`;
  return [`nothing was examined${where}: check the location and the filters, or give --allow-empty`];
}

type Totals = Summary["total"];

function olderOutcomes({ noncurrent }: Totals): { readonly plaintext: number; readonly failed: number } {
  const { plaintext, failed } = noncurrent?.outcomes ?? {};
  return { plaintext: plaintext?.objects ?? 0, failed: failed?.objects ?? 0 };
}

/** Whether the run looked at all noncurrent versions of the scope, or the bucket has none. */
function isLookedAt({ bucket, noncurrent }: Summary["scopes"][number], buckets: RunResult["run"]["buckets"]): boolean {
  const keepsNone = buckets.find((found) => found.bucket === bucket)?.versioning === "never";
  return noncurrent === undefined ? keepsNone : noncurrent.closes;
}
