import type { ProviderProfile } from "../../../providers/index.js";

/**
 * Whether Terraform's resource for lifecycle rules can be used. After each change it waits until the store answers a header that only Amazon S3
 * is known to send, and fails after three minutes where none comes: https://github.com/hashicorp/terraform-provider-aws/issues/49019.
 * The bucket's own `lifecycle_rule` waits for nothing; it is deprecated, and knows neither sizes nor how many versions to keep.
 */
export function hasOwnResource({ lifecycle }: ProviderProfile): boolean {
  return lifecycle.transitionSizeReported.value === "supported";
}
