import type { Fact, ProviderProfile, TransitionClass } from "../../../providers/index.js";
import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { counted, isKnownLater, isWhole, repeated } from "../../values.js";
import type { LifecycleRule, LifecycleTransition } from "./lifecycle-rule.js";

export function transitionProblems(rule: LifecycleRule, storage: ObjectStorageProvider): string[] {
  const { transitions = [], expirationDays, expirationDate } = rule;
  if (transitions.length === 0) return [];
  return [
    ...transitions.flatMap((transition) => [
      ...classProblems(transition.storageClass, storage),
      ...whenProblems(transition, storage),
    ]),
    ...mixProblems(rule),
    ...orderProblems(transitions, storage, expirationDays),
    ...transitions
      .filter(({ date }) => date !== undefined && expirationDate !== undefined && !isEarlier(date, expirationDate))
      .map(
        ({ storageClass, date }) =>
          `it expires on ${expirationDate}, not after its transition to ${storageClass} on ${date}`,
      ),
  ];
}

export function noncurrentTransitionProblems(rule: LifecycleRule, storage: ObjectStorageProvider): string[] {
  const { noncurrentVersionTransitions: given = [], noncurrentVersionExpirationDays } = rule;
  const transitions = given.map(({ storageClass, noncurrentDays: days }) => ({ storageClass, days }));
  return [
    ...transitions.flatMap(({ storageClass, days }) => [
      ...classProblems(storageClass, storage),
      ...daysProblems("noncurrentDays", storageClass, days, storage),
    ]),
    ...given
      .filter(({ newerNoncurrentVersions: kept }) => kept !== undefined && !isWhole(kept, 1, 100))
      .map(
        ({ newerNoncurrentVersions: kept }) =>
          `newerNoncurrentVersions ${kept} cannot be used; give a whole number from 1 to 100`,
      ),
    ...orderProblems(transitions, storage, noncurrentVersionExpirationDays),
  ];
}

function whenProblems({ storageClass, days, date }: LifecycleTransition, storage: ObjectStorageProvider): string[] {
  if ((days === undefined) === (date === undefined)) {
    return [`its transition to ${storageClass} needs days or a date; give exactly one of the two`];
  }
  if (date !== undefined) return dateProblem("date", date);
  return days === undefined ? [] : daysProblems("days", storageClass, days, storage);
}

function daysProblems(name: string, storageClass: string, days: number, storage: ObjectStorageProvider): string[] {
  const min = minDaysOf(storageClass, storage.store);
  if (isWhole(days, min.value)) return [];
  return [
    `${name} ${days} of its transition to ${storageClass} cannot be used on ${storage.store.name}; give a whole number from ${min.value} (${min.source})`,
  ];
}

function mixProblems({ transitions = [], expirationDays, expirationDate }: LifecycleRule): string[] {
  const byDate = [...transitions.map(({ date }) => date), expirationDate].some((date) => date !== undefined);
  const byDays = [...transitions.map(({ days }) => days), expirationDays].some((days) => days !== undefined);
  return byDate && byDays ? ["it mixes days and dates; a rule has one kind, so make two rules"] : [];
}

function isEarlier(date: string, other: string): boolean {
  return isKnownLater(date) || isKnownLater(other) || date < other;
}

/** The classes that Terraform's AWS provider accepts on any store. */
const WRITTEN_BY_TERRAFORM: readonly string[] = [
  "STANDARD_IA",
  "INTELLIGENT_TIERING",
  "ONEZONE_IA",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
];

/**
 * Why objects cannot be moved to `storageClass` on this store, in this region. The message lists
 * the classes that are allowed.
 */
function classProblems(storageClass: string, storage: ObjectStorageProvider): string[] {
  if (isKnownLater(storageClass)) return [];
  const { value, source } = storage.store.lifecycle.transitionClasses;
  const ofTheStore = value === "own" ? WRITTEN_BY_TERRAFORM : value.filter(inRegion(storage)).map(({ name }) => name);
  const allowed = ofTheStore.filter((name) => WRITTEN_BY_TERRAFORM.includes(name));
  if (allowed.includes(storageClass)) return [];
  const why = ofTheStore.includes(storageClass) ? ", since Terraform's AWS provider does not write that class" : "";
  return [
    `objects cannot be moved to ${storageClass} on ${placeOf(storage)}${why}; the classes are ${allowed.join(", ") || "none"} (${source})`,
  ];
}

function minDaysOf(storageClass: string, { lifecycle }: ProviderProfile): Fact<number> {
  const { value, source } = lifecycle.transitionClasses;
  const found = value === "own" ? undefined : value.find(({ name }) => name === storageClass);
  return { value: found?.minDays ?? 0, source };
}

function inRegion({ region }: ObjectStorageProvider) {
  return ({ regions }: TransitionClass) => regions === undefined || isKnownLater(region) || regions.includes(region);
}

function placeOf({ store, region }: ObjectStorageProvider): string {
  return isKnownLater(region) ? store.name : `${store.name} in ${region}`;
}

interface Step {
  readonly storageClass: string;
  readonly days?: number;
}

/**
 * Problems with the order of a rule's transitions by days, and with an expiration that does not
 * follow them.
 */
function orderProblems(
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
  const twice = repeated(names);
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
          `it moves objects to ${earlier.storageClass} after ${counted(earlier.days, "day")} and to ${later.storageClass} after ${later.days}; the colder class comes at least ${counted(stay, "day")} later (${source})`,
        ];
  });
}

function expirationProblems(sorted: readonly Required<Step>[], expirationDays: number | undefined): string[] {
  if (expirationDays === undefined || isKnownLater(expirationDays)) return [];
  return sorted
    .filter(({ days }) => days >= expirationDays)
    .map(
      ({ storageClass, days }) =>
        `it expires after ${counted(expirationDays, "day")}, not after its transition to ${storageClass} at ${days}`,
    );
}

function rankOf(storageClass: string, classes: readonly TransitionClass[]): number {
  return classes.findIndex(({ name }) => name === storageClass);
}

/** Checks a day such as `2027-01-31`. S3 acts at midnight UTC. */
export function dateProblem(name: string, date: string): string[] {
  if (isKnownLater(date)) return [];
  const parsed = new Date(`${date}T00:00:00Z`);
  const isDay = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(`${date}T`);
  return isDay ? [] : [`${name} "${date}" is not a day; give one as in 2027-01-31`];
}
