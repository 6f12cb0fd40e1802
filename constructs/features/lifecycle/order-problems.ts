import type { TransitionClass } from "../../../providers/index.js";
import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { isKnownLater } from "../literal.js";

interface Step {
  readonly storageClass: string;
  readonly days?: number;
}

/** What is wrong with the order of a rule's transitions by days, and with an expiration that does not come after them. */
export function orderProblems(
  steps: readonly Step[],
  { store }: ObjectStorageProvider,
  expirationDays: number | undefined,
): string[] {
  const names = steps.map(({ storageClass }) => storageClass);
  const { value, source } = store.lifecycle.transitionClasses;
  const classes = value === "own" ? [] : value;
  const sorted = steps
    .filter(({ days }) => days !== undefined && !isKnownLater(days))
    .map(({ storageClass, days = 0 }) => ({ storageClass, days }))
    .sort((one, other) => rankOf(one.storageClass, classes) - rankOf(other.storageClass, classes));
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return [
    ...twice.map((name) => `it moves objects to ${name} twice; once is enough`),
    ...(twice.length > 0 || classes.length === 0 ? [] : pairProblems(sorted, classes, source)),
    ...expirationProblems(sorted, expirationDays),
  ];
}

function pairProblems(
  sorted: readonly Required<Step>[],
  classes: readonly TransitionClass[],
  source: string,
): string[] {
  return sorted.slice(1).flatMap((later, index) => {
    const earlier = sorted[index] ?? later;
    const stay = classes.find(({ name }) => name === earlier.storageClass)?.minStayDays ?? 1;
    return later.days - earlier.days >= stay
      ? []
      : [
          `it moves objects to ${earlier.storageClass} after ${earlier.days} days and to ${later.storageClass} after ${later.days}; the colder class comes at least ${stay} ${stay === 1 ? "day" : "days"} later (${source})`,
        ];
  });
}

function expirationProblems(sorted: readonly Required<Step>[], expirationDays: number | undefined): string[] {
  if (expirationDays === undefined || isKnownLater(expirationDays)) return [];
  return sorted
    .filter(({ days }) => days >= expirationDays)
    .map(
      ({ storageClass, days }) =>
        `it expires after ${expirationDays} days, not after its transition to ${storageClass} at ${days}`,
    );
}

function rankOf(storageClass: string, classes: readonly TransitionClass[]): number {
  return classes.findIndex(({ name }) => name === storageClass);
}
