import { TerraformElement, type TerraformResource, TerraformStack, Token, Tokenization } from "cdktf";
import {
  attributesOf,
  givenAttribute,
  type Instances,
  instancesOf,
  record,
  resolved,
  type TypedElement,
} from "./resource-attributes.js";

/** A bucket's name as Terraform reads it, and the stack that its references belong to. */
export interface GivenName {
  readonly text: string;
  readonly stack: TerraformStack;
}

/**
 * The name in `attribute`, followed through locals and data sources that only pass it on; undefined
 * if none is given.
 */
export function givenName(element: TypedElement, attribute: string): GivenName | undefined {
  const name = readName(givenAttribute(element, attribute), element.cdktfStack);
  return name === undefined ? undefined : followed(name);
}

function readName(given: unknown, stack: TerraformStack): GivenName | undefined {
  const home = stackOfReference(given) ?? stack;
  const text = resolved(given, home);
  return typeof text === "string" ? { text, stack: home } : undefined;
}

// A reference knows the stack that it was made in. Resolved in another stack, it could read like a
// bucket of that stack.
function stackOfReference(given: unknown): TerraformStack | undefined {
  if (typeof given !== "string" || !Token.isUnresolved(given)) return undefined;
  const origins = Tokenization.reverseString(given).tokens.map((token): unknown => Reflect.get(token, "originStack"));
  return origins.find(TerraformStack.isStack);
}

// Terraform refuses a local that refers to itself. The depth protects against such a stack.
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

// Checks what synth writes, not the class: an app can contain two copies of the library.
function blockOf(stack: TerraformStack, section: "locals" | "data", id: string): unknown {
  const elements = stack.node.findAll().filter(TerraformElement.isTerraformElement);
  const blocks = elements.filter((element) => element.friendlyUniqueId === id).map((element) => element.toTerraform());
  return blocks.map((block) => record(block)?.[section]).find((block) => block !== undefined);
}

/** The names of all instances of a resource; undefined if the app does not spell them all out. */
export function namesOfInstances(resource: TerraformResource): readonly string[] | undefined {
  const name = givenName(resource, "bucket");
  return name && spelledNames(name.text, instancesOf(attributesOf(resource) ?? {}));
}

/**
 * The names that a bucket has over all its instances; undefined if the app does not spell them all
 * out.
 */
export function spelledNames(text: string, instances: Instances): readonly string[] | undefined {
  if (!text.includes("${")) return [text];
  const entries = instances.kind === "each" ? entriesOf(JSON.parse(instances.by)) : undefined;
  const names = entries?.map((entry) =>
    text.replaceAll(OF_ENTRY, (whole, name, attribute) => read(entry, name, attribute) ?? whole),
  );
  return names?.some((name) => name.includes("${")) ? undefined : names;
}

type Entry = readonly [key: string, value: unknown];

const OF_ENTRY = /\$\{each\.(key|value)(?:\.([\w-]+)|\["([^"]+)"\])?\}/g;

function read([key, value]: Entry, name: unknown, attribute: unknown): string | undefined {
  if (name === "key") return key;
  const found =
    typeof attribute === "string" && typeof value === "object" && value !== null
      ? Reflect.get(value, attribute)
      : value;
  return typeof found === "string" ? found : undefined;
}

function entriesOf(each: unknown): readonly Entry[] | undefined {
  if (typeof each === "string") return listIn(each)?.map((name) => [name, name]);
  return typeof each === "object" && each !== null ? Object.entries(each) : undefined;
}

function listIn(each: string): readonly string[] | undefined {
  const list = /^\$\{toset\((\[.*\])\)\}$/.exec(each)?.[1];
  if (list === undefined) return undefined;
  try {
    const names: unknown = JSON.parse(list);
    const spelled = Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
    return spelled.some((name) => name.includes("${")) ? undefined : spelled;
  } catch {
    // A Terraform list with expressions is not JSON.
    return undefined;
  }
}

/** Whether two names can be equal, according to the text before and after their expressions. */
export function mayBeEqual(one: string, other: string): boolean {
  if (!one.includes("${") && !other.includes("${")) return one === other;
  const [[head, tail], [otherHead, otherTail]] = [edges(one), edges(other)];
  const headsFit = head.startsWith(otherHead) || otherHead.startsWith(head);
  return headsFit && (tail.endsWith(otherTail) || otherTail.endsWith(tail));
}

function edges(text: string): readonly [head: string, tail: string] {
  if (!text.includes("${")) return [text, text];
  return [text.slice(0, text.indexOf("${")), text.slice(text.lastIndexOf("}") + 1)];
}
