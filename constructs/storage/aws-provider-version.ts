import { TerraformProvider, type TerraformStack } from "cdktf";

/** The versions from `from` up to and without `before`, each as one number that orders as versions do. */
interface VersionRange {
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

const ISSUE = "https://github.com/hashicorp/terraform-provider-aws/issues/45520";

/** From 6.23 on the AWS provider reads a bucket's tags through S3 Control, which needs the account id: every plan fails (also issues 46202 and 45784). */
const WITH_ACCOUNT_ID: VersionRange = { from: versionNumber(6, 23), before: versionNumber(6, 27) };

/**
 * 6.27 does without that id again, by its changelog (pull request 45576). Buckets still cannot be made on OVHcloud by later ones: 6.23 began to
 * send tags in the request that makes a bucket (issue 47061), which pull request 47530 mends in a release that was not found out.
 */
const UNTRIED: VersionRange = { from: versionNumber(6, 27), before: Number.POSITIVE_INFINITY };

const WORKING = ['"~> 5.100"', '">= 6.0, < 6.23"'].join(" or ");

/** The AWS provider to require where the account id is skipped, given the version that the bindings were made for. */
export function workingVersion(bindingsVersion: string | undefined): string {
  return bindingsVersion?.startsWith("6.") ? ">= 6.0, < 6.23" : "~> 5.100";
}

/** What is wrong with a constraint on the AWS provider's version where the account id is skipped. */
export function versionProblems(constraint: string, store: string, acceptUntried: boolean): string[] {
  const range = versionRange(constraint);
  if (range === undefined)
    return [`"${constraint}" is no version constraint of Terraform's; write one such as ${WORKING}`];
  if (isEmpty(range)) return [`no version of the AWS provider meets "${constraint}"; require ${WORKING}`];
  if (!isEmpty(intersection(range, WITH_ACCOUNT_ID))) return [needsAccountId(constraint, store)];
  return acceptUntried || isEmpty(intersection(range, UNTRIED)) ? [] : [untried(constraint, store)];
}

function needsAccountId(constraint: string, store: string): string {
  return (
    `version "${constraint}" of the AWS provider can be one from 6.23 to 6.26, which fail on ${store} and wherever the account id ` +
    `is skipped (${ISSUE}, also 46202 and 45784); require ${WORKING}`
  );
}

function untried(constraint: string, store: string): string {
  return (
    `version "${constraint}" of the AWS provider can be 6.27 or later, which was not tried on ${store}: by its changelog it works without ` +
    `an account id again (${ISSUE}), and on OVHcloud it may not make buckets ` +
    "(https://github.com/hashicorp/terraform-provider-aws/issues/47061); " +
    `require ${WORKING}, or try it and say acceptUntriedAwsProvider: true`
  );
}

/** What one ObjectStorageProvider wants of the version that its whole stack shares. */
export interface VersionWish {
  /** What the user asked for. */
  readonly asked: string | undefined;
  /** What works with the store; undefined where any does. */
  readonly working: string | undefined;
}

const pins = new WeakMap<TerraformStack, string>();

/**
 * Requires a version of the AWS provider that meets all wishes: what was asked for, and what works where nothing was.
 * A version that the user wrote into the stack's overrides stays; it is judged at synth like any other.
 */
export function pinAwsProvider(stack: TerraformStack, wishes: readonly VersionWish[]): void {
  const version = [...new Set(wishes.flatMap(({ asked, working }) => asked ?? working ?? []))].join(", ");
  const standing = standingVersion(stack);
  if (version === "" || (standing !== undefined && standing.version !== pins.get(stack))) return;
  pins.set(stack, version);
  stack.addOverride("terraform.required_providers.aws.version", version);
}

/**
 * The versions of the AWS provider that the stack will take: all of them where it requires none.
 * Read from its parts, since to synthesise all of it would end at the first of other mistakes.
 */
export function requiredAwsProvider(stack: TerraformStack): string {
  const overridden = standingVersion(stack);
  if (overridden !== undefined) return overridden.version ?? ">= 0";
  const all = stack.node.findAll().filter(TerraformProvider.isTerraformProvider);
  const made = all.findLast(({ terraformResourceType }) => terraformResourceType === "aws")?.terraformGeneratorMetadata;
  return made?.providerVersion ?? made?.providerVersionConstraint ?? ">= 0";
}

/** What the stack's overrides make of the version; without `version` where they take it away. */
function standingVersion(stack: TerraformStack): { readonly version?: string } | undefined {
  let block: unknown = Reflect.get(stack, "rawOverrides");
  for (const key of ["terraform", "required_providers", "aws", "version"]) {
    if (typeof block !== "object" || block === null || !(key in block)) return block === undefined ? {} : undefined;
    block = Reflect.get(block, key);
  }
  return typeof block === "string" ? { version: block } : {};
}
