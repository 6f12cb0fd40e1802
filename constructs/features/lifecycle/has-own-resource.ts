import type { ProviderProfile } from "../../../providers/index.js";

/**
 * Whether Terraform's resource for lifecycle rules can be used. After each change it waits until the store answers the rules exactly as they
 * were written, with a header that only Amazon S3 is known to send, and fails after three minutes otherwise:
 * https://github.com/hashicorp/terraform-provider-aws/issues/49019.
 * The bucket's own `lifecycle_rule` waits for nothing; it is deprecated, and knows neither sizes nor how many versions to keep.
 */
export function hasOwnResource({ lifecycle }: ProviderProfile): boolean {
  const { transitionSizeReported, readAsWritten } = lifecycle;
  return transitionSizeReported.value === "supported" && readAsWritten.value !== "unsupported";
}
