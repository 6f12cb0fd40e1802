import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";
import { S3Error } from "./s3-error.js";

const S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export type XmlValue = string | number | boolean | undefined | XmlElement | readonly XmlValue[];
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
});

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  processEntities: false,
  suppressEmptyNode: false,
});

/**
 * A document with one root in the S3 namespace. Undefined values are left out. `inOrder` comes last: elements
 * with different names, in the given order.
 */
export function buildXml(
  root: string,
  content: XmlElement,
  inOrder: readonly (readonly [name: string, element: XmlElement])[] = [],
): string {
  const escaped = escapeAll({ [root]: { "@xmlns": S3_NAMESPACE, ...content } });
  const document = DECLARATION + builder.build(escaped);
  const end = `</${root}>`;
  const rest = inOrder.map(([name, element]) => builder.build(escapeAll({ [name]: element }))).join("");
  return `${document.slice(0, -end.length)}${rest}${end}`;
}

/** An error document, which has no namespace. */
export function buildErrorXml(fields: Readonly<Record<string, string>>): string {
  return DECLARATION + builder.build(escapeAll({ Error: fields }));
}

function escapeAll(value: XmlValue): unknown {
  if (Array.isArray(value)) {
    return value.map(escapeAll);
  }
  if (typeof value === "object") {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(entries.map(([name, inner]) => [name, escapeAll(inner)]));
  }
  return escapeText(String(value));
}

const NAMED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// biome-ignore lint/suspicious/noControlCharactersInRegex: S3 writes control characters as references
const SPECIAL = /[&<>"\u0000-\u0009\u000b-\u001f]/g;

function escapeText(text: string): string {
  return text.replace(SPECIAL, (found) => NAMED[found] ?? `&#x${found.charCodeAt(0).toString(16)};`);
}

/** The root element of a request body. Throws MalformedXML if it is not the expected one. */
export function parseXml(text: string, root: string): XmlElement {
  const parsed = parseAny(text);
  const element = parsed[root];
  if (element === undefined) {
    throw new S3Error("MalformedXML");
  }
  return typeof element === "object" && !Array.isArray(element) ? (element as XmlElement) : {};
}

export function parseAny(text: string): XmlElement {
  if (XMLValidator.validate(text) !== true) {
    throw new S3Error("MalformedXML");
  }
  try {
    return parser.parse(text) as XmlElement;
  } catch {
    throw new S3Error("MalformedXML");
  }
}

/** The text of a child element; undefined if there is none. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  const value = element?.[name];
  if (typeof value === "string") {
    return value;
  }
  const text = typeof value === "object" && !Array.isArray(value) ? (value as XmlElement)["#text"] : undefined;
  return typeof text === "string" ? text : undefined;
}

export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  const value = element?.[name];
  return typeof value === "object" && !Array.isArray(value) ? (value as XmlElement) : undefined;
}

/** All child elements with one name. */
export function children(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  const value = element?.[name];
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item): item is XmlElement => typeof item === "object" && !Array.isArray(item));
}
