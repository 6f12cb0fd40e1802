import type { Instances } from "./instances.js";

/** The names that a bucket's name comes to over all its instances, where the app spells them all out. */
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
    // Expressions in a list of Terraform's are no JSON.
    return undefined;
  }
}

/** Whether two names can come out alike, by what stands before and after their expressions. */
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
