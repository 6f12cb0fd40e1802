import { TerraformProvider, type TerraformStack } from "cdktf";

/** The versions from `from` to below `before`, each as one number that sorts like versions do. */
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
 * The versions that a Terraform constraint admits; undefined if it is invalid. `!=` excludes
 * nothing, and a pre-release counts as its release, so the range is never too small.
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
  // The last given number may grow. If only the major is given, the minor may grow.
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

/**
 * From 6.23 on, the AWS provider reads a bucket's tags through S3 Control, which needs the account
 * ID, so every plan fails (also issues 46202 and 45784).
 */
const WITH_ACCOUNT_ID: VersionRange = { from: versionNumber(6, 23), before: versionNumber(6, 27) };

/**
 * According to its changelog, 6.27 works without that ID again (pull request 45576). Later versions
 * may still not create buckets on OVHcloud: 6.23 began to send tags in the request that creates a
 * bucket (issue 47061). Pull request 47530 fixes this, in an unknown release.
 */
const UNTRIED: VersionRange = { from: versionNumber(6, 27), before: Number.POSITIVE_INFINITY };

const WORKING = ['"~> 5.100"', '">= 6.0, < 6.23"'].join(" or ");

/** The AWS provider to require if the account ID is skipped, given the version of the bindings. */
export function workingVersion(bindingsVersion: string | undefined): string {
  return bindingsVersion?.startsWith("6.") ? ">= 6.0, < 6.23" : "~> 5.100";
}

/** Problems of a constraint on the AWS provider's version if the account ID is skipped. */
export function versionProblems(constraint: string, store: string, acceptUntried: boolean): string[] {
  const range = versionRange(constraint);
  if (range === undefined)
    return [`"${constraint}" is not a version constraint of Terraform; write one such as ${WORKING}`];
  if (isEmpty(range)) return [`no version of the AWS provider meets "${constraint}"; require ${WORKING}`];
  if (!isEmpty(intersection(range, WITH_ACCOUNT_ID))) return [needsAccountId(constraint, store)];
  return acceptUntried || isEmpty(intersection(range, UNTRIED)) ? [] : [untried(constraint, store)];
}

function needsAccountId(constraint: string, store: string): string {
  return (
    `version "${constraint}" of the AWS provider allows 6.23 to 6.26, which fail on ${store} and wherever the account id ` +
    `is skipped (${ISSUE}, also 46202 and 45784); require ${WORKING}`
  );
}

function untried(constraint: string, store: string): string {
  return (
    `version "${constraint}" of the AWS provider allows 6.27 or later, which was not tried on ${store}: according to its changelog it works without ` +
    `an account id again (${ISSUE}), and on OVHcloud it may fail to create buckets ` +
    "(https://github.com/hashicorp/terraform-provider-aws/issues/47061); " +
    `require ${WORKING}, or try it with acceptUntriedAwsProvider: true`
  );
}

/** The version that one ObjectStorageProvider wants. The whole stack shares one version. */
export interface VersionWish {
  /** The version that the user asked for. */
  readonly asked: string | undefined;
  /** A version that works with the store; undefined if any does. */
  readonly working: string | undefined;
}

const pins = new WeakMap<TerraformStack, string>();

/**
 * Requires a version of the AWS provider that meets all wishes: the versions that users asked for,
 * and working ones for the other stores. A version in the stack's overrides stays. Synth checks it
 * like any other.
 */
export function pinAwsProvider(stack: TerraformStack, wishes: readonly VersionWish[]): void {
  const version = [...new Set(wishes.flatMap(({ asked, working }) => asked ?? working ?? []))].join(", ");
  const standing = standingVersion(stack);
  if (version === "" || (standing !== undefined && standing.version !== pins.get(stack))) return;
  pins.set(stack, version);
  stack.addOverride("terraform.required_providers.aws.version", version);
}

/**
 * The versions of the AWS provider that the stack accepts: all if it requires none. Reads parts of
 * the stack, since synthesising all of it would stop at the first other error.
 */
export function requiredAwsProvider(stack: TerraformStack): string {
  const overridden = standingVersion(stack);
  if (overridden !== undefined) return overridden.version ?? ">= 0";
  const all = stack.node.findAll().filter(TerraformProvider.isTerraformProvider);
  const made = all.findLast(({ terraformResourceType }) => terraformResourceType === "aws")?.terraformGeneratorMetadata;
  return made?.providerVersion ?? made?.providerVersionConstraint ?? ">= 0";
}

/** The version in the stack's overrides. `version` is missing if an override removes it. */
function standingVersion(stack: TerraformStack): { readonly version?: string } | undefined {
  let block: unknown = Reflect.get(stack, "rawOverrides");
  for (const key of ["terraform", "required_providers", "aws", "version"]) {
    if (typeof block !== "object" || block === null || !(key in block)) return block === undefined ? {} : undefined;
    block = Reflect.get(block, key);
  }
  return typeof block === "string" ? { version: block } : {};
}
