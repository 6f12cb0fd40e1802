import { z } from "zod";
import type { RunRecord } from "../journal/run-record.js";
import { RACES } from "../model/policy.js";
import { formatBytes, formatInstant } from "../model/text.js";
import type { Fact } from "./fact.js";

/** Of the settings of a run, what says which objects it looked at and how it kept other writers safe. */
const scopeSettings = z.object({
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  minSizeBytes: z.number().nullable(),
  maxSizeBytes: z.number().nullable(),
  modifiedBefore: z.string().nullable(),
  modifiedAfter: z.string().nullable(),
  storageClasses: z.array(z.string()),
  noncurrent: z.boolean(),
  versions: z.string(),
  race: z.enum(RACES),
});
type ScopeSettings = z.infer<typeof scopeSettings>;

const RACE_WORDS: Readonly<Record<ScopeSettings["race"], string>> = {
  auto: "auto: the strongest guard that each bucket takes",
  strict: "strict: what cannot be guarded is refused",
  off: "off: the cheapest way, with whatever conditions it takes",
};

/** None of a run whose record has no settings: another version wrote it. */
export function scopeFacts({ command, settings }: RunRecord): readonly Fact[] {
  const known = scopeSettings.safeParse(settings);
  if (!known.success) return [];
  const { noncurrent, versions, race } = known.data;
  const older = command === "audit" || versions === "current" ? "" : `; in plaintext: ${versions}`;
  return [
    [
      "Versions",
      noncurrent ? `current objects, and older versions where a bucket keeps any${older}` : "current objects only",
    ],
    ["Filters", filterWords(known.data).join("; ") || "none: every object of the scope"],
    ...(command === "audit" ? [] : [["Race protection", RACE_WORDS[race]] as const]),
  ];
}

function filterWords(given: ScopeSettings): string[] {
  const { include, exclude, minSizeBytes, maxSizeBytes, modifiedBefore, modifiedAfter, storageClasses } = given;
  return [
    ...(include.length > 0 ? [`keys that match ${include.join(" or ")}`] : []),
    ...(exclude.length > 0 ? [`no keys that match ${exclude.join(" or ")}`] : []),
    ...(minSizeBytes === null ? [] : [`from ${formatBytes(minSizeBytes)}`]),
    ...(maxSizeBytes === null ? [] : [`up to ${formatBytes(maxSizeBytes)}`]),
    ...(modifiedAfter === null ? [] : [`modified after ${formatInstant(modifiedAfter)}`]),
    ...(modifiedBefore === null ? [] : [`modified before ${formatInstant(modifiedBefore)}`]),
    ...(storageClasses.length > 0 ? [`of class ${storageClasses.join(" or ")}`] : []),
  ];
}
