import { Token } from "cdktf";
import { choice, type Fields, given, list, text } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { isKnownLater } from "../values.js";

/** One statement of a bucket policy, in the terms of the policy language. */
export interface PolicyStatement {
  /**
   * A name for the statement, used once in a policy.
   * @default - none
   */
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  /** `"*"` for everybody, else by their kind: `{ AWS: [roleArn] }`, `{ Service: "logging.s3.amazonaws.com" }`, `{ SCW: "user_id:..." }`. */
  readonly principals: "*" | Readonly<Record<string, string | readonly string[]>>;
  /** Such as `s3:GetObject`. */
  readonly actions: readonly string[];
  /**
   * What the statement is about, in the store's own form.
   * @default - the bucket and all its objects
   */
  readonly resources?: readonly string[];
  /**
   * By operator and then by key: `{ Bool: { "aws:SecureTransport": "false" } }`. Policy variables such as `${aws:username}`
   * reach the store as they are.
   * @default - none
   */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export const policyStatementFields = {
  sid: text().optional(),
  effect: choice(["Allow", "Deny"]),
  principals: given('"*", or an object of texts'),
  actions: list(text()),
  resources: list(text()).optional(),
  conditions: given("an object").optional(),
} satisfies Fields<PolicyStatement>;

export interface AskedStatement {
  /** The property or method, as its user knows it. */
  readonly askedBy: string;
  readonly statement: PolicyStatement;
}

export function opensToEverybody({ effect, principals }: PolicyStatement): boolean {
  return effect === "Allow" && (principals === "*" || [principals.AWS].flat().includes("*"));
}

/** Whether a statement holds a list that only Terraform will know, which cannot stand in the JSON of a policy. */
export function holdsReferenceList({ principals, actions, resources }: PolicyStatement): boolean {
  const named = principals === "*" ? [] : Object.values(principals).map((some) => [some].flat());
  return [actions, resources ?? [], ...named].some((list) => Token.isUnresolved(list));
}

/** The ARN of a bucket. Terraform's AWS provider makes no ARN that other stores take where it does not know their region. */
export function bucketArn(bucketName: string, storage: ObjectStorageProvider): string {
  return `arn:${partition(storage)}:s3:::${bucketName}`;
}

function partition({ store, region }: ObjectStorageProvider): string {
  if (store.id !== "aws" || isKnownLater(region)) return "aws";
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** A bucket as a policy of its store names it; `/*` after it names all its objects. */
export function bucketResource(bucketName: string, storage: ObjectStorageProvider): string {
  return storage.store.bucketPolicies.resources.value === "name" ? bucketName : bucketArn(bucketName, storage);
}

const POLICY_VARIABLE = /(?<!\$)\$\{(?=[A-Za-z0-9-]+:|[*?$]\})/g;
const DIRECTIVE = /(?<!%)%\{/g;

/**
 * Keeps `${aws:username}` and the like, and `%{`, from Terraform, which would take them for its own templates.
 * Terraform's own references have no colon after their first word, and what was escaped already stays as it is.
 */
export function keepPolicyVariables(text: string): string {
  return text.replaceAll(POLICY_VARIABLE, "$$$${").replaceAll(DIRECTIVE, "%%{");
}
