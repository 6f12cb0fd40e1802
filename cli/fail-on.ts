import type { Summary } from "../migrate/index.js";

const CONDITIONS = {
  unencrypted: ({ total }: Summary) =>
    total.statesNow.none.objects + (total.noncurrent?.outcomes.plaintext.objects ?? 0),
  refused: ({ total }: Summary) => total.outcomes.refused.objects,
  failed: ({ total }: Summary) => total.outcomes.failed.objects + (total.noncurrent?.outcomes.failed.objects ?? 0),
  "sse-c": ({ total }: Summary) => total.statesNow["sse-c"].objects,
  unknown: ({ total }: Summary) => total.statesNow.unknown.objects - total.outcomes.vanished.objects,
} as const;
export type FailOn = keyof typeof CONDITIONS;

export type FailOnParsed =
  | { readonly kind: "known"; readonly names: readonly FailOn[] }
  | { readonly kind: "bad"; readonly problems: readonly string[] };

export function parseFailOn(names: readonly string[] = []): FailOnParsed {
  const allowed = Object.keys(CONDITIONS);
  const unknown = names.filter((name) => !allowed.includes(name));
  const problems = unknown.map((name) => `--fail-on: "${name}" is not allowed: give one of ${allowed.join(", ")}`);
  return problems.length > 0 ? { kind: "bad", problems } : { kind: "known", names: names as readonly FailOn[] };
}

/** Which of the conditions hold; `refused` and `failed` always count. */
export function conditionsFound(summary: Summary, failOn: readonly FailOn[]): readonly FailOn[] {
  const asked = new Set<FailOn>([...failOn, "refused", "failed"]);
  return [...asked].filter((name) => CONDITIONS[name](summary) > 0);
}
