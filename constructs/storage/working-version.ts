/**
 * The AWS provider to require where the account id is skipped, given the version that the bindings were made for.
 * From 6.23 on it reads a bucket's tags through S3 Control, which needs that id, so every plan fails:
 * https://github.com/hashicorp/terraform-provider-aws/issues/45520 (also 46202 and 45784).
 */
export function workingVersion(bindingsVersion: string | undefined): string {
  return bindingsVersion?.startsWith("6.") ? ">= 6.0, < 6.23" : "~> 5.100";
}
