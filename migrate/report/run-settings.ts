import type { RunRecord } from "../journal/run-record.js";

/** One option: what the run went by, and whether that was asked for. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly origin: "given" | "default";
}

/** What was given under another name than it has in effect. */
const GIVEN_AS: Readonly<Record<string, string>> = {
  minSizeBytes: "minSize",
  maxSizeBytes: "maxSize",
  copyCutoffBytes: "copyCutoff",
  partBytes: "partSize",
  rewriteBelowBytes: "rewriteBelow",
  assumeDocumented: "assume",
};

/** The options in effect, one a row, and those that were given besides. */
export function runSettings({ options, settings = {} }: RunRecord): readonly Setting[] {
  const effective = Object.entries(settings).map(([name, value]) =>
    settingOf(name, value, Object.hasOwn(options, GIVEN_AS[name] ?? name)),
  );
  const told = new Set(Object.keys(settings).map((name) => GIVEN_AS[name] ?? name));
  const others = Object.entries(options).filter(([name]) => !told.has(name));
  return [...effective, ...others.map(([name, value]) => settingOf(name, value, true))];
}

function settingOf(name: string, value: unknown, isGiven: boolean): Setting {
  return { name, value: valueWords(value), origin: isGiven ? "given" : "default" };
}

function valueWords(value: unknown): string {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return "none";
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "none");
}
