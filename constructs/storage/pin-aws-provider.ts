import { TerraformProvider, type TerraformStack } from "cdktf";

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
