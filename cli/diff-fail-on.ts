import type { DiffTotals } from "../migrate/index.js";

/** Older versions count with their objects. */
const CONDITIONS = {
  regressed: ({ objects, olderVersions }: DiffTotals) => objects.regressed.objects + olderVersions.regressed.objects,
  "new-unencrypted": ({ newUnencrypted }: DiffTotals) =>
    newUnencrypted.objects.objects + newUnencrypted.olderVersions.objects,
  new: ({ objects }: DiffTotals) => objects.new.objects,
  gone: ({ objects }: DiffTotals) => objects.gone.objects,
  changed: ({ objects, olderVersions }: DiffTotals) => objects.changed.objects + olderVersions.changed.objects,
  "not-compared": ({ objects, olderVersions }: DiffTotals) =>
    objects["not-compared"].objects + olderVersions["not-compared"].objects,
} as const;
export type DiffFailOn = keyof typeof CONDITIONS;

export const DIFF_FAIL_ON = Object.keys(CONDITIONS) as readonly DiffFailOn[];

/** What is not allowed among these, in words. */
export function diffFailOnProblems(names: readonly string[]): readonly string[] {
  const unknown = names.filter((name) => !DIFF_FAIL_ON.some((allowed) => allowed === name));
  return unknown.map((name) => `--fail-on: "${name}" is not allowed: give one of ${DIFF_FAIL_ON.join(", ")}`);
}

/** Which of the conditions hold. */
export function differencesFound(totals: DiffTotals, failOn: readonly DiffFailOn[]): readonly DiffFailOn[] {
  return [...new Set(failOn)].filter((name) => CONDITIONS[name](totals) > 0);
}
