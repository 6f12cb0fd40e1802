import { type TerraformResource, TerraformStack, Token, Tokenization } from "cdktf";
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
  const referred = plainReference(named)?.address;
  return referred === undefined || referred === `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}

export function isLiteral(given: unknown): given is string {
  return typeof given === "string" && !Token.isUnresolved(given) && !given.includes("${");
}

const REFERENCE = /^((?:aws_s3_bucket|ovh_cloud_project_storage)\.[\w-]+)(?:\[[^\]]*\])?\.(?:id|bucket|name)$/;

export interface PlainReference {
  readonly address: string;
  /** The stack that the reference was made in, if it tells. */
  readonly stack: TerraformStack | undefined;
}

/** The bucket that a name merely refers to. */
export function plainReference(given: unknown): PlainReference | undefined {
  if (typeof given !== "string") return undefined;
  const { tokens, literals } = Tokenization.reverseString(given);
  const [token] = tokens;
  if (token === undefined || tokens.length > 1 || literals.length > 0) return undefined;
  const [identifier, origin]: unknown[] = [Reflect.get(token, "identifier"), Reflect.get(token, "originStack")];
  const address = typeof identifier === "string" ? REFERENCE.exec(identifier)?.[1] : undefined;
  return address === undefined ? undefined : { address, stack: TerraformStack.isStack(origin) ? origin : undefined };
}
