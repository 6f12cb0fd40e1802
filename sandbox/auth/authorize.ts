import { S3Error } from "../http/s3-error.js";
import type { SandboxUser } from "../options.js";
import { ACCOUNT_ID } from "./expected-owner.js";
import { matchesAction } from "./matches-action.js";
import { type ActionInput, requiredActions } from "./required-actions.js";

/** Refuses a request that needs an action its user is denied. */
export function authorize(user: SandboxUser, input: ActionInput): void {
  if (user.deny === undefined || user.deny.length === 0) {
    return;
  }
  const denied = requiredActions(input).find((action) => isDenied(user, action));
  if (denied !== undefined) {
    const who = `User: arn:aws:iam::${ACCOUNT_ID}:user/${user.accessKeyId}`;
    throw new S3Error("AccessDenied", {
      message: `${who} is not authorized to perform: ${denied} with an explicit deny in an identity-based policy`,
    });
  }
}

export function isDenied({ deny = [] }: SandboxUser, action: string): boolean {
  return deny.some((pattern) => matchesAction(pattern, action));
}
