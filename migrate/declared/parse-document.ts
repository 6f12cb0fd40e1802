export type Document =
  | { readonly kind: "parsed"; readonly value: unknown }
  | { readonly kind: "unreadable"; readonly because: string };

/** A JSON document, or why it is none. The words of the parser are left out: they quote what may be secrets of others. */
export function parseDocument(text: string): Document {
  if (text.trim() === "") return { kind: "unreadable", because: "it is empty" };
  try {
    return { kind: "parsed", value: JSON.parse(text) };
  } catch {
    return { kind: "unreadable", because: "it is no JSON" };
  }
}
