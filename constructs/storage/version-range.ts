/** The versions from `from` up to and without `before`, each as one number that orders as versions do. */
export interface VersionRange {
  readonly from: number;
  readonly before: number;
}

const STEP = 100_000;
const ANY_VERSION: VersionRange = { from: 0, before: Number.POSITIVE_INFINITY };

export function versionNumber(major: number, minor = 0, patch = 0): number {
  return (major * STEP + minor) * STEP + patch;
}

/**
 * The versions that a constraint of Terraform's admits; undefined where it is none.
 * Versions that `!=` leaves out are not taken off, and a pre-release counts as its release: the range is never too small.
 * https://developer.hashicorp.com/terraform/language/expressions/version-constraints
 */
export function versionRange(constraint: string): VersionRange | undefined {
  const ranges = constraint.split(",").map(rangeOfPart);
  return ranges.reduce((all, range) => all && range && intersection(all, range), ANY_VERSION);
}

export function intersection(one: VersionRange, other: VersionRange): VersionRange {
  return { from: Math.max(one.from, other.from), before: Math.min(one.before, other.before) };
}

export function isEmpty({ from, before }: VersionRange): boolean {
  return from >= before;
}

const PART = /^\s*(=|!=|>=|>|<=|<|~>)?\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?\s*$/;

function rangeOfPart(part: string): VersionRange | undefined {
  const [, operator = "=", ...given] = PART.exec(part) ?? [];
  const [major, minor, patch] = given.map((text) => (text === undefined ? undefined : Number(text)));
  if (major === undefined) return undefined;
  const version = versionNumber(major, minor, patch);
  // The last of the numbers given may grow; of a single one, the minor.
  const next = patch === undefined ? versionNumber(major + 1) : versionNumber(major, (minor ?? 0) + 1);
  return RANGES[operator as keyof typeof RANGES](version, next);
}

const RANGES = {
  "=": (version: number) => ({ from: version, before: version + 1 }),
  "!=": () => ANY_VERSION,
  ">": (version: number) => ({ from: version + 1, before: Number.POSITIVE_INFINITY }),
  ">=": (version: number) => ({ from: version, before: Number.POSITIVE_INFINITY }),
  "<": (version: number) => ({ from: 0, before: version }),
  "<=": (version: number) => ({ from: 0, before: version + 1 }),
  "~>": (version: number, next: number) => ({ from: version, before: next }),
};
