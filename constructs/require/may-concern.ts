import { type TerraformResource, Token, Tokenization } from "cdktf";
import type { Bucket } from "./bucket.js";
import { givenAttribute } from "./resource-attributes.js";

/**
 * Whether a default may be for a bucket, by a look at its arguments as they were given.
 * To resolve each default for each bucket takes seconds in an app with a few hundred of both.
 */
export function mayConcern(encryption: TerraformResource, { resource, nameAttribute }: Bucket): boolean {
  const named = givenAttribute(encryption, "bucket");
  const name = givenAttribute(resource, nameAttribute);
  if (isLiteral(named)) return isLiteral(name) ? named === name : name !== undefined;
  const referred = plainReference(named);
  return referred === undefined || referred === resource.friendlyUniqueId;
}

function isLiteral(given: unknown): given is string {
  return typeof given === "string" && !Token.isUnresolved(given) && !given.includes("${");
}

/** The bucket that a name merely refers to. */
function plainReference(given: unknown): string | undefined {
  if (typeof given !== "string") return undefined;
  const { tokens, literals } = Tokenization.reverseString(given);
  const identifier: unknown = tokens.length === 1 && tokens[0] && Reflect.get(tokens[0], "identifier");
  if (typeof identifier !== "string" || literals.length > 0) return undefined;
  return /^(?:aws_s3_bucket|ovh_cloud_project_storage)\.([\w-]+)\.(?:id|bucket|name)$/.exec(identifier)?.[1];
}
