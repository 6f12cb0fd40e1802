import type { ObjectStorageProvider } from "../../storage/object-storage-provider.js";
import { counted, isKnownLater, isWhole } from "../../values.js";
import { tagProblems } from "../tags.js";
import type { LifecycleRule } from "./lifecycle-rule.js";
import { dateProblem, noncurrentTransitionProblems, transitionProblems } from "./transition-problems.js";

/** The reasons for which S3 would refuse one rule. Each problem names the rule. */
export function ruleProblems(rule: LifecycleRule, storage: ObjectStorageProvider): string[] {
  const { id } = rule;
  const problems = [
    ...(id.length < 1 || id.length > 255 ? [`an id has 1 to 255 characters, but this one has ${id.length}`] : []),
    ...filterProblems(rule),
    ...actionProblems(rule),
    ...transitionProblems(rule, storage),
    ...noncurrentTransitionProblems(rule, storage),
  ];
  return problems.map((problem) => `lifecycle rule "${id}": ${problem}`);
}

const MAX_PREFIX_BYTES = 1024;
const MAX_OBJECT_TAGS = 10;

function filterProblems(rule: LifecycleRule): string[] {
  const { prefix = "", tags = {} } = rule;
  return [
    ...(Buffer.byteLength(prefix) > MAX_PREFIX_BYTES ? [`its prefix is longer than ${MAX_PREFIX_BYTES} bytes`] : []),
    ...(isKnownLater(tags) ? [] : tagFilterProblems(tags)),
    ...sizeProblems(rule),
    ...selectionProblems(rule),
  ];
}

function tagFilterProblems(tags: Readonly<Record<string, string>>): string[] {
  const count = Object.keys(tags).length;
  return [
    ...(count > MAX_OBJECT_TAGS
      ? [`it asks for ${counted(count, "tag")}, and an object has ${MAX_OBJECT_TAGS} at most`]
      : []),
    ...Object.entries(tags).flatMap(([key, value]) => tagProblems(key, value)),
  ];
}

function sizeProblems({ objectSizeGreaterThanBytes: above, objectSizeLessThanBytes: below }: LifecycleRule): string[] {
  return [
    ...(above === undefined || isWhole(above, 0)
      ? []
      : [`objectSizeGreaterThanBytes ${above} cannot be used; give a whole number from 0`]),
    ...(below === undefined || isWhole(below, 1)
      ? []
      : [`objectSizeLessThanBytes ${below} cannot be used; give a whole number from 1`]),
    ...(above !== undefined && below !== undefined && !isBetween(above, below)
      ? [`no size is above ${above} and below ${counted(below, "byte")}`]
      : []),
  ];
}

function isBetween(above: number, below: number): boolean {
  return isKnownLater(above) || isKnownLater(below) || below - above > 1;
}

// Neither unfinished uploads nor delete markers have tags or a size.
function selectionProblems(rule: LifecycleRule): string[] {
  const sizes = [rule.objectSizeGreaterThanBytes, rule.objectSizeLessThanBytes];
  const selects = Object.keys(rule.tags ?? {}).length > 0 || sizes.some((size) => size !== undefined);
  if (!selects) return [];
  return [
    ...(rule.abortIncompleteMultipartUploadDays === undefined ? [] : ["abortIncompleteMultipartUploadDays"]),
    ...(rule.expiredObjectDeleteMarker ? ["expiredObjectDeleteMarker"] : []),
  ].map((action) => `${action} cannot be combined with tags or sizes; give it a rule of its own`);
}

const MAX_KEPT_VERSIONS = 100;

function actionProblems(rule: LifecycleRule): string[] {
  const { expirationDays, expirationDate, noncurrentVersionExpirationDays, abortIncompleteMultipartUploadDays } = rule;
  return [
    ...(doesNothing(rule) ? ["it does nothing; give it an expiration, a transition, or uploads to remove"] : []),
    ...daysProblems({ expirationDays, noncurrentVersionExpirationDays, abortIncompleteMultipartUploadDays }),
    ...(expirationDate === undefined ? [] : dateProblem("expirationDate", expirationDate)),
    ...(expirationDays !== undefined && expirationDate !== undefined
      ? ["expirationDays and expirationDate exclude each other; give one of the two"]
      : []),
    ...(rule.expiredObjectDeleteMarker && (expirationDays ?? expirationDate) !== undefined
      ? [
          "expiredObjectDeleteMarker cannot be combined with an expiration, which removes such markers too; leave it out",
        ]
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
