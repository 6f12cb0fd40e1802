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
    "has no encryption default that is certain, since its own is only known when Terraform runs",
    "write the algorithm down",
  ],
  "default-unclear": ({ other }) => [
    `has no encryption default that is certain to be its own: which bucket the one at "${other.node.path}" is for, only Terraform will know`,
    "refer to the bucket there by its id",
  ],
  "default-in-part": ({ other }) => [
    `has no encryption default for every instance: the one at "${other.node.path}" has another count or for_each`,
    "give it that of the bucket",
  ],
  "default-elsewhere": ({ other }) => [
    `has no encryption default that reaches it: the one at "${other.node.path}" goes through the provider of another store or region`,
    "give it the provider of the bucket",
  ],
  "default-without-algorithm": ({ other }) => [
    `has no encryption default with an algorithm: the one at "${other.node.path}" names none that a store knows`,
    'give it sseAlgorithm: "AES256"',
  ],
  "store-without-default": ({ store }) => [
    `has no encryption default, and ${store.name} has none to declare (${store.subResources.encryption.source})`,
    "use a store that has server-side encryption",
  ],
  "written-by-override": ({ address }) => [
    `declares ${address} by an override, where its encryption default cannot be told`,
    "declare it as a construct",
  ],
  module: ({ source }) => [
    `(${source}) was not looked into: whether its buckets encrypt by default is up to it`,
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
