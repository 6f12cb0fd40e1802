import { XMLParser } from "fast-xml-parser";
import { bareEtag } from "../bare-etag.js";
import type { VersionEntry } from "../object-store.js";
import { type ReadKey, readDate, readSize } from "./listing-fields.js";

const parser = new XMLParser({ preserveOrder: true, parseTagValue: false, trimValues: false, ignoreAttributes: true });

/** A child element, or a text: `{ Key: [...] }`, `{ "#text": "..." }`. */
type XmlNode = Readonly<Record<string, readonly XmlNode[] | string>>;

const KINDS: Readonly<Record<string, VersionEntry["kind"]>> = { Version: "version", DeleteMarker: "delete-marker" };

/** The entries of a ListVersionsResult, in the order of the document. */
export function versionEntries(xml: string, keyOf: (raw: string) => ReadKey): VersionEntry[] {
  const root = (parser.parse(xml) as XmlNode[]).flatMap((node) => childrenOf(node, "ListVersionsResult"));
  return root.flatMap((node) =>
    Object.entries(KINDS).flatMap(([name, kind]) => {
      const fields = node[name];
      return fields === undefined || typeof fields === "string" ? [] : [toEntry(kind, fields, keyOf)];
    }),
  );
}

function toEntry(
  kind: VersionEntry["kind"],
  fields: readonly XmlNode[],
  keyOf: (raw: string) => ReadKey,
): VersionEntry {
  const text = (name: string) => textOf(fields.flatMap((field) => childrenOf(field, name)));
  return {
    kind,
    // A delete marker is looked at by nobody, and has no size.
    ...(kind === "version" ? readDate(text("LastModified")) : { lastModified: isoDate(text("LastModified")) }),
    // The fault of a size goes before that of a date, and that of a key before both.
    ...(kind === "version" ? readSize(text("Size")) : { sizeBytes: 0 }),
    ...keyOf(text("Key")),
    versionId: text("VersionId") || "null",
    isLatest: text("IsLatest") === "true",
    etag: bareEtag(text("ETag")),
    storageClass: text("StorageClass") || "STANDARD",
  };
}

function childrenOf(node: XmlNode, name: string): readonly XmlNode[] {
  const children = node[name];
  return children === undefined || typeof children === "string" ? [] : children;
}

function textOf(nodes: readonly XmlNode[]): string {
  return nodes.map((node) => (typeof node["#text"] === "string" ? node["#text"] : "")).join("");
}

function isoDate(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? "" : new Date(time).toISOString();
}
