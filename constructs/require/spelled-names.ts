import type { Instances } from "./instances.js";

/** The names that a bucket's name comes to over all its instances, where the app spells them all out. */
export function spelledNames(text: string, instances: Instances): readonly string[] | undefined {
  if (!text.includes("${")) return [text];
  if (instances.kind !== "each" || !/^\$\{each\.(?:key|value)\}$/.test(text)) return undefined;
  const each: unknown = JSON.parse(instances.by);
  if (typeof each === "string") return listIn(each);
  return text.includes(".key") && typeof each === "object" && each !== null ? Object.keys(each) : undefined;
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
