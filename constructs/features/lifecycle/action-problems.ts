import type { LifecycleRule } from "./lifecycle-rule.js";
import { dateProblem } from "./rule-date.js";
import { isWhole } from "./whole-number.js";

const MAX_KEPT_VERSIONS = 100;

export function actionProblems(rule: LifecycleRule): string[] {
  const { expirationDays, expirationDate, noncurrentVersionExpirationDays, abortIncompleteMultipartUploadDays } = rule;
  return [
    ...(doesNothing(rule) ? ["it does nothing; give it an expiration, a transition, or uploads to remove"] : []),
    ...daysProblems({ expirationDays, noncurrentVersionExpirationDays, abortIncompleteMultipartUploadDays }),
    ...(expirationDate === undefined ? [] : dateProblem("expirationDate", expirationDate)),
    ...(expirationDays !== undefined && expirationDate !== undefined
      ? ["expirationDays and expirationDate exclude each other; give one of the two"]
      : []),
    ...(rule.expiredObjectDeleteMarker && (expirationDays ?? expirationDate) !== undefined
      ? ["expiredObjectDeleteMarker does not go with an expiration, which removes such markers too; leave it out"]
      : []),
    ...keptProblems(rule),
  ];
}

function doesNothing(rule: LifecycleRule): boolean {
  const { transitions = [], noncurrentVersionTransitions = [], expiredObjectDeleteMarker } = rule;
  const actions = [
    rule.expirationDays,
    rule.expirationDate,
    rule.noncurrentVersionExpirationDays,
    rule.abortIncompleteMultipartUploadDays,
    transitions[0],
    noncurrentVersionTransitions[0],
    expiredObjectDeleteMarker || undefined,
  ];
  return actions.every((action) => action === undefined);
}

function daysProblems(periods: Readonly<Record<string, number | undefined>>): string[] {
  return Object.entries(periods)
    .filter(([, days]) => days !== undefined && !isWhole(days, 1))
    .map(([name, days]) => `${name} ${days} cannot be used; give a whole number from 1`);
}

function keptProblems({ newerNoncurrentVersions, noncurrentVersionExpirationDays }: LifecycleRule): string[] {
  if (newerNoncurrentVersions === undefined) return [];
  return [
    ...(isWhole(newerNoncurrentVersions, 1, MAX_KEPT_VERSIONS)
      ? []
      : [
          `newerNoncurrentVersions ${newerNoncurrentVersions} cannot be used; give a whole number from 1 to ${MAX_KEPT_VERSIONS}`,
        ]),
    ...(noncurrentVersionExpirationDays === undefined
      ? ["newerNoncurrentVersions needs noncurrentVersionExpirationDays, from which it keeps them"]
      : []),
  ];
}
