import type { TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { ProviderProfile } from "../../providers/index.js";
import { createdAt } from "./created-at.js";

interface AboutBucket {
  readonly construct: TerraformResource;
}

interface AboutDefault extends AboutBucket {
  /** The default that could be the bucket's. */
  readonly other: TerraformResource;
}

/** Why a construct may not encrypt by default, with the details for the message. */
interface GapDetails {
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

export type Gap = {
  readonly [K in keyof GapDetails]: { readonly kind: K } & GapDetails[K];
}[keyof GapDetails];

type Words = {
  readonly [K in keyof GapDetails]: (details: GapDetails[K]) => readonly [wrong: string, wayOut: string];
};

const OVH = "ovh_cloud_project_storage";

const WORDS: Words = {
  "no-default": ({ construct }) => [
    "has no encryption default",
    construct.terraformResourceType === OVH
      ? 'set its encryption.sse_algorithm to "AES256"'
      : "declare it as an EncryptedBucket, or add a BucketEncryption that refers to it",
  ],
  "own-block-unclear": () => [
    "has no encryption default that is certain, because its own is known only when Terraform runs",
    "set the algorithm to a literal value",
  ],
  "default-unclear": ({ other }) => [
    `has no encryption default that is certain: only Terraform will know which bucket the one at "${other.node.path}" is for`,
    "refer to the bucket there by its id",
  ],
  "default-in-part": ({ other }) => [
    `has no encryption default for every instance: the one at "${other.node.path}" has a different count or for_each`,
    "give it the one of the bucket",
  ],
  "default-elsewhere": ({ other }) => [
    `has no encryption default that takes effect: the one at "${other.node.path}" uses the provider of another store or region`,
    "give it the provider of the bucket",
  ],
  "default-without-algorithm": ({ other }) => [
    `has no encryption default that is valid: the one at "${other.node.path}" has no algorithm that a store knows`,
    'give it sseAlgorithm: "AES256"',
  ],
  "store-without-default": ({ store }) => [
    `has no encryption default, and ${store.name} has none to declare (${store.subResources.encryption.source})`,
    "use a store that has server-side encryption",
  ],
  "written-by-override": ({ address }) => [
    `declares ${address} in an override, where its encryption default cannot be checked`,
    "declare it as a construct",
  ],
  module: ({ source }) => [
    `(${source}) was not checked: its buckets may not encrypt by default`,
    'declare its buckets as constructs, or accept it with modules: "ignore"',
  ],
};

const NOUNS: Readonly<Partial<Record<Gap["kind"], string>>> = { module: "module", "written-by-override": "stack" };

/** One gap in words: where it is, what is wrong, and what to do. */
export function complaint(gap: Gap): string {
  const say = WORDS[gap.kind] as (gap: Gap) => readonly [string, string];
  const [wrong, wayOut] = say(gap);
  const at = createdAt(gap.construct);
  const created = at === undefined ? "where it was created is not known" : `created at ${at}`;
  return `${NOUNS[gap.kind] ?? "bucket"} "${gap.construct.node.path}" ${wrong} (${created}); ${wayOut}`;
}
