import type { TerraformResource } from "cdktf";
import type { Bucket } from "./bucket.js";
import { haveAlgorithm, rulesOf } from "./encryption-defaults.js";
import type { Finding } from "./finding.js";
import { mayConcern } from "./may-concern.js";
import { ownEncryption } from "./own-encryption.js";
import { type Relation, relationOf } from "./relation.js";
import { attributesOf } from "./resource-attributes.js";
import { storeOfBucket } from "./store-of-bucket.js";

/** What is wrong with a bucket; undefined where it is certain to encrypt by default. */
export function judgeBucket(bucket: Bucket, defaults: readonly TerraformResource[]): Finding | undefined {
  const own = ownEncryption(bucket);
  if (own === "given") return undefined;
  const construct = bucket.resource;
  const candidates = defaults.filter((other) => mayConcern(other, bucket));
  const verdicts = candidates.map((other) => ({ other, verdict: verdictOf(other, bucket) }));
  if (verdicts.some(({ verdict }) => verdict === "encrypts")) return undefined;

  const doubtful = verdicts.flatMap(({ other, verdict }) => {
    const kind = DOUBTS[verdict];
    return kind === undefined ? [] : [{ kind, construct, other }];
  });
  return doubtful[0] ?? withoutDefault(bucket, own === "unclear" ? "own-block-unclear" : "no-default");
}

type Verdict = "encrypts" | "without-algorithm" | Exclude<Relation, "its-own">;

function verdictOf(encryption: TerraformResource, bucket: Bucket): Verdict {
  const attributes = attributesOf(encryption);
  if (attributes === undefined) return "another's";
  const relation = relationOf(encryption, attributes, bucket);
  if (relation !== "its-own") return relation;
  return haveAlgorithm(rulesOf(attributes)) ? "encrypts" : "without-algorithm";
}

const DOUBTS = {
  encrypts: undefined,
  "another's": undefined,
  "without-algorithm": "default-without-algorithm",
  "in-part": "default-in-part",
  elsewhere: "default-elsewhere",
  unclear: "default-unclear",
} as const satisfies Record<Verdict, Finding["kind"] | undefined>;

function withoutDefault(bucket: Bucket, kind: "no-default" | "own-block-unclear"): Finding | undefined {
  const construct = bucket.resource;
  const store = storeOfBucket(bucket);
  if (store?.subResources.encryption.value !== "unsupported") return { kind, construct };
  return store.encryption.atRest.value === "always" ? undefined : { kind: "store-without-default", construct, store };
}
