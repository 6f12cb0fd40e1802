import { Token } from "cdktf";
import { choice, type Fields, given, list, text } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { isKnownLater } from "../values.js";

/** One statement of a bucket policy, in the terms of the policy language. */
export interface PolicyStatement {
  /**
   * A name for the statement, unique within the policy.
   * @default - none
   */
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  /**
   * `"*"` for everyone, or the principals by type: `{ AWS: [roleArn] }`, `{ Service:
   * "logging.s3.amazonaws.com" }`, `{ SCW: "user_id:..." }`.
   */
  readonly principals: "*" | Readonly<Record<string, string | readonly string[]>>;
  /** Actions such as `s3:GetObject`, at least one. */
  readonly actions: readonly string[];
  /**
   * The resources of the statement, in the store's own form.
   * @default - the bucket and all its objects
   */
  readonly resources?: readonly string[];
  /**
   * By operator, then by key: `{ Bool: { "aws:SecureTransport": "false" } }`. Policy variables such
   * as `${aws:username}` reach the store unchanged.
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
  /** The property or method, as the user knows it. */
  readonly askedBy: string;
  readonly statement: PolicyStatement;
}

export function opensToEverybody({ effect, principals }: PolicyStatement): boolean {
  return effect === "Allow" && (principals === "*" || [principals.AWS].flat().includes("*"));
}

/**
 * Whether a statement contains a list that only Terraform knows, which a policy's JSON cannot
 * contain.
 */
export function holdsReferenceList({ principals, actions, resources }: PolicyStatement): boolean {
  const named = principals === "*" ? [] : Object.values(principals).map((some) => [some].flat());
  return [actions, resources ?? [], ...named].some((list) => Token.isUnresolved(list));
}

/**
 * The ARN of a bucket. Terraform's AWS provider returns an ARN that other stores refuse if it does
 * not know their region.
 */
export function bucketArn(bucketName: string, storage: ObjectStorageProvider): string {
  return `arn:${partition(storage)}:s3:::${bucketName}`;
}

function partition({ store, region }: ObjectStorageProvider): string {
  if (store.id !== "aws" || isKnownLater(region)) return "aws";
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The bucket's name in a policy of its store. With `/*` after it, it names all objects. */
export function bucketResource(bucketName: string, storage: ObjectStorageProvider): string {
  return storage.store.bucketPolicies.resources.value === "name" ? bucketName : bucketArn(bucketName, storage);
}

const POLICY_VARIABLE = /(?<!\$)\$\{(?=[A-Za-z0-9-]+:|[*?$]\})/g;
const DIRECTIVE = /(?<!%)%\{/g;

/**
 * Escapes policy variables such as `${aws:username}`, and `%{`, which Terraform would read as its
 * own templates. Terraform's own references have no colon after their first word. Escaped text
 * stays as it is.
 */
export function keepPolicyVariables(text: string): string {
  return text.replaceAll(POLICY_VARIABLE, "$$$${").replaceAll(DIRECTIVE, "%%{");
}
