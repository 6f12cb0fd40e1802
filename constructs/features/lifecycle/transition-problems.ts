import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { isKnownLater } from "../literal.js";
import type { LifecycleRule, LifecycleTransition } from "./lifecycle-rule.js";
import { orderProblems } from "./order-problems.js";
import { dateProblem } from "./rule-date.js";
import { classProblems, minDaysOf } from "./transition-classes.js";
import { isWhole } from "./whole-number.js";

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
  return byDate && byDays ? ["it goes by days here and by dates there; a rule has one kind, so make two rules"] : [];
}

function isEarlier(date: string, other: string): boolean {
  return isKnownLater(date) || isKnownLater(other) || date < other;
}
