import type { TerraformStack } from "cdktf";

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
  const standing = overriddenVersion(stack);
  if (version === "" || (standing !== undefined && standing !== pins.get(stack))) return;
  pins.set(stack, version);
  stack.addOverride("terraform.required_providers.aws.version", version);
}

/** The versions of the AWS provider that the synthesised stack takes: all of them where it requires none. */
export function requiredAwsProvider(stack: TerraformStack): string {
  return versionIn(stack.toTerraform()) ?? ">= 0";
}

function overriddenVersion(stack: TerraformStack): string | undefined {
  return versionIn(Reflect.get(stack, "rawOverrides"));
}

function versionIn(block: unknown): string | undefined {
  const path = ["terraform", "required_providers", "aws", "version"];
  const value = path.reduce(
    (at: unknown, key) => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined),
    block,
  );
  return typeof value === "string" ? value : undefined;
}
