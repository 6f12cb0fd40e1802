import { Annotations } from "cdktf";
import type { IConstruct } from "constructs";
import type { BucketUse } from "../../providers/index.js";
import { isKnownLater } from "../features/literal.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { rightsStatements, type Scope, userPolicy } from "./rights-policy.js";

const KEY_ACTIONS: Readonly<Record<BucketUse, readonly string[]>> = {
  audit: [],
  read: ["kms:Decrypt"],
  "read-write": ["kms:Decrypt", "kms:GenerateDataKey"],
  migrate: ["kms:Decrypt", "kms:GenerateDataKey"],
};

/** An IAM policy for a use of one bucket, as JSON, with the rights on its KMS key if that is known by its ARN. */
export function iamPolicy(construct: IConstruct, use: BucketUse, scope: Scope, kmsKey: string | undefined): string {
  const Action = KEY_ACTIONS[use];
  const isArn = kmsKey !== undefined && (isKnownLater(kmsKey) || kmsKey.startsWith("arn:"));
  if (kmsKey !== undefined && !isArn && Action.length > 0) {
    Annotations.of(construct).addWarning(
      `the rights on the kmsKey "${kmsKey}" are not in the policy, since IAM names keys by their ARN; give its ARN, or allow ${Action.join(" and ")} yourself`,
    );
  }
  const ofKey = { Effect: "Allow", Action, Resource: [kmsKey] };
  // Without names: Terraform refuses to join documents whose statements have the same.
  const ofBucket = rightsStatements(use, [scope]).map(({ Sid, ...statement }) => statement);
  const statements = [...ofBucket, ...(isArn && Action.length > 0 ? [ofKey] : [])];
  return userPolicy({ Version: "2012-10-17", Statement: statements });
}

/** IAM is Amazon's: elsewhere users have policies of another form, or the document would be taken and not heeded. */
export function grantProblems(method: string, { store }: ObjectStorageProvider): string[] {
  if (store.id === "aws" || store.id === "generic") return [];
  const instead =
    store.id === "ovhcloud"
      ? "give the user the policy that ovhUserPolicy makes"
      : `give the rights by ${store.name}'s own means`;
  return [`${method} makes a policy of Amazon's IAM, which ${store.name} has not; ${instead}`];
}
