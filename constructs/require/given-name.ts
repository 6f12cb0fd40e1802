import type { TerraformResource } from "cdktf";
import { TerraformElement, TerraformStack, Token, Tokenization } from "cdktf";
import { instancesOf } from "./instances.js";
import { attributesOf, givenAttribute, record, resolved, type TypedElement } from "./resource-attributes.js";
import { spelledNames } from "./spelled-names.js";

/** A bucket's name as Terraform will read it, and the stack whose references it holds. */
export interface GivenName {
  readonly text: string;
  readonly stack: TerraformStack;
}

/** The name in `attribute`, behind locals and data sources that merely pass it on; undefined where none is given. */
export function givenName(element: TypedElement, attribute: string): GivenName | undefined {
  const name = readName(givenAttribute(element, attribute), element.cdktfStack);
  return name === undefined ? undefined : followed(name);
}

function readName(given: unknown, stack: TerraformStack): GivenName | undefined {
  const home = stackOfReference(given) ?? stack;
  const text = resolved(given, home);
  return typeof text === "string" ? { text, stack: home } : undefined;
}

// A reference knows the stack that it was made in; resolved elsewhere it could read like a bucket of the other stack.
function stackOfReference(given: unknown): TerraformStack | undefined {
  if (typeof given !== "string" || !Token.isUnresolved(given)) return undefined;
  const origins = Tokenization.reverseString(given).tokens.map((token): unknown => Reflect.get(token, "originStack"));
  return origins.find(TerraformStack.isStack);
}

// Terraform refuses a local that refers to itself, so the depth only bounds a stack that it would refuse.
function followed(name: GivenName, depth = 0): GivenName {
  const next = depth < 20 ? (behindLocal(name) ?? behindDataSource(name)) : undefined;
  return next === undefined ? name : followed(next, depth + 1);
}

function behindLocal({ text, stack }: GivenName): GivenName | undefined {
  const id = /^\$\{local\.([\w-]+)\}$/.exec(text)?.[1];
  return id === undefined ? undefined : readName(record(blockOf(stack, "locals", id))?.[id], stack);
}

function behindDataSource({ text, stack }: GivenName): GivenName | undefined {
  const id = /^\$\{data\.aws_s3_bucket\.([\w-]+)\.(?:id|bucket)\}$/.exec(text)?.[1];
  if (id === undefined) return undefined;
  const source = record(record(record(blockOf(stack, "data", id))?.aws_s3_bucket)?.[id]);
  return readName(source?.bucket, stack);
}

// By what is written and not by class: an app can hold two copies of the library.
function blockOf(stack: TerraformStack, section: "locals" | "data", id: string): unknown {
  const elements = stack.node.findAll().filter(TerraformElement.isTerraformElement);
  const blocks = elements.filter((element) => element.friendlyUniqueId === id).map((element) => element.toTerraform());
  return blocks.map((block) => record(block)?.[section]).find((block) => block !== undefined);
}

/** The names of all instances of a resource, if the app spells them out. */
export function namesOfInstances(resource: TerraformResource): readonly string[] | undefined {
  const name = givenName(resource, "bucket");
  return name && spelledNames(name.text, instancesOf(attributesOf(resource) ?? {}));
}
