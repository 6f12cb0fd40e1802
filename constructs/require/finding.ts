import type { TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { ProviderProfile } from "../../providers/index.js";

interface AboutBucket {
  readonly construct: TerraformResource;
}

interface AboutDefault extends AboutBucket {
  /** The default that could have been the bucket's. */
  readonly other: TerraformResource;
}

/** What keeps a construct from being certain to encrypt by default, and what there is to say of it. */
export interface FindingDetails {
  readonly "no-default": AboutBucket;
  readonly "own-block-unclear": AboutBucket;
  readonly "default-unclear": AboutDefault;
  readonly "default-in-part": AboutDefault;
  readonly "default-elsewhere": AboutDefault;
  readonly "default-without-algorithm": AboutDefault;
  readonly "store-without-default": AboutBucket & { readonly store: ProviderProfile };
  readonly "written-by-override": { readonly construct: TerraformStack; readonly address: string };
  readonly module: { readonly construct: TerraformElement; readonly source: string };
}

export type Finding = {
  readonly [K in keyof FindingDetails]: { readonly kind: K } & FindingDetails[K];
}[keyof FindingDetails];
