import {
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { XMLParser } from "fast-xml-parser";
import { type ReadKey, readDate, readKey, readSize } from "../answers.js";
import type {
  BucketInput,
  ListedVersion,
  ListObjectsInput,
  ListObjectsPage,
  ListVersionsInput,
  VersionEntry,
  VersionsPage,
} from "../object-store.js";
import { walkPages } from "../page-walk.js";
import { bareEtag } from "../wire.js";
import { type EntryFields, fieldsOf, nextMarker, readBody, takeDates, toListedObject } from "./listing-fields.js";
import { incompleteAnswer, sendCommand } from "./send-command.js";
import { type UsualVersion, usualListing, usualVersions } from "./usual-listing.js";

interface ReadText<Entry> {
  readonly entries?: readonly Entry[];
  readonly dates?: readonly string[];
  readonly rest: string;
}

/** The SDK reads an empty size as 0. */
const EMPTY_SIZE = /<Size>\s*<\/Size>|<Size\s*\/>/g;

/**
 * Keys may contain characters that XML does not allow, so the listing is requested URL-encoded. `+` stands
 * for a space.
 */
export async function listObjects(client: S3Client, input: ListObjectsInput): Promise<ListObjectsPage> {
  const command = new ListObjectsV2Command({
    Bucket: input.bucket,
    Prefix: input.prefix,
    StartAfter: input.startAfter,
    ContinuationToken: input.continuationToken,
    MaxKeys: input.limit,
    EncodingType: "url",
  });
  const take = readBody(command, (body): ReadText<EntryFields> => {
    const usual = usualListing(body);
    if (usual !== undefined) return usual;
    const { dates, rest } = takeDates(body);
    return { dates, rest: rest.replace(EMPTY_SIZE, "") };
  });
  const { output } = await sendCommand(client, "listObjects", command);
  const { entries: usual, dates = [] } = take();
  const entries = usual ?? output.Contents?.map((entry, index) => fieldsOf(entry, dates[index]));
  if (output.IsTruncated === undefined && output.Name === undefined && entries === undefined) {
    throw incompleteAnswer("listObjects", "listing");
  }
  // A truncated page without a next token would silently end the listing early.
  if (output.IsTruncated && !output.NextContinuationToken) throw incompleteAnswer("listObjects", "continuation token");
  const keysEncoded = output.EncodingType === "url";
  return {
    objects: (entries ?? []).map((entry) => toListedObject(entry, keysEncoded)),
    nextToken: (output.IsTruncated && output.NextContinuationToken) || null,
    keysEncoded,
  };
}

export async function listObjectVersions(
  client: S3Client,
  { bucket, prefix }: BucketInput & { readonly prefix: string },
): Promise<readonly ListedVersion[]> {
  const versions: ListedVersion[] = [];
  const operation = "listObjectVersions";
  const pages = walkPages<ListedVersion, Markers>({
    operation,
    nameOf: ({ key, versionId }) => JSON.stringify([key, versionId]),
    fetch: async (markers) => {
      const input = { Bucket: bucket, Prefix: prefix, EncodingType: "url", ...markers } as const;
      const command = new ListObjectVersionsCommand(input);
      const { output } = await sendCommand(client, operation, command);
      const isEncoded = output.EncodingType === "url";
      const entries = [...(output.Versions ?? []), ...(output.DeleteMarkers ?? [])].map(
        ({ Key = "", VersionId = "null" }) => ({ ...readKey(Key, isEncoded), versionId: VersionId }),
      );
      const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = output;
      if (!IsTruncated) return { entries, next: null };
      const marker = { key: NextKeyMarker, id: NextVersionIdMarker };
      const { key, id } = nextMarker(
        operation,
        marker,
        isEncoded,
        entries.map(({ versionId, ...read }) => ({ ...read, id: versionId })),
      );
      return { entries, next: { KeyMarker: key, VersionIdMarker: id } };
    },
  });
  for await (const page of pages) versions.push(...page);
  return versions;
}

interface Markers {
  readonly KeyMarker: string;
  readonly VersionIdMarker: string | undefined;
}

/** The SDK returns versions and delete markers separately, so their order is read from the XML. */
export async function listVersions(client: S3Client, input: ListVersionsInput): Promise<VersionsPage> {
  const command = new ListObjectVersionsCommand({
    Bucket: input.bucket,
    Prefix: input.prefix,
    KeyMarker: input.keyMarker,
    VersionIdMarker: input.versionIdMarker,
    MaxKeys: input.limit,
    EncodingType: "url",
  });
  const take = readBody(command, (body): ReadText<UsualVersion> => usualVersions(body) ?? { rest: body });
  const { output } = await sendCommand(client, "listVersions", command);
  if (output.IsTruncated === undefined && output.Name === undefined) throw incompleteAnswer("listVersions", "listing");
  const isEncoded = output.EncodingType === "url";
  const keyOf = (key: string) => readKey(key, isEncoded);
  const { entries: usual, rest = "" } = take();
  const entries = usual?.map((entry) => entry(keyOf)) ?? versionEntries(rest, keyOf);
  const parsed = usual?.length ?? (output.Versions?.length ?? 0) + (output.DeleteMarkers?.length ?? 0);
  if (entries.length !== parsed) throw incompleteAnswer("listVersions", "entries that read twice the same");
  return {
    // Some stores ignore the prefix.
    entries: entries.filter(({ key }) => key.startsWith(input.prefix)),
    next: nextOf(output, isEncoded, entries),
    keysEncoded: isEncoded,
  };
}

function nextOf(
  { IsTruncated, NextKeyMarker, NextVersionIdMarker }: ListObjectVersionsCommandOutput,
  isEncoded: boolean,
  entries: readonly VersionEntry[],
): VersionsPage["next"] {
  if (!IsTruncated) return null;
  const marker = { key: NextKeyMarker, id: NextVersionIdMarker };
  const named = entries.map(({ versionId, ...read }) => ({ ...read, id: versionId }));
  const { key: keyMarker, id: versionIdMarker } = nextMarker("listVersions", marker, isEncoded, named);
  return { keyMarker, versionIdMarker };
}

const parser = new XMLParser({
  preserveOrder: true,
  parseTagValue: false,
  trimValues: false,
  ignoreAttributes: true,
  // Also decodes numeric entities, which MinIO writes in ETags.
  htmlEntities: true,
});

/** A child element or a text: `{ Key: [...] }`, `{ "#text": "..." }`. */
type XmlNode = Readonly<Record<string, readonly XmlNode[] | string>>;

const KINDS: Readonly<Record<string, VersionEntry["kind"]>> = { Version: "version", DeleteMarker: "delete-marker" };

/** The entries of a ListVersionsResult, in document order. */
function versionEntries(xml: string, keyOf: (raw: string) => ReadKey): VersionEntry[] {
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
    // The date of a delete marker is not used, so it need not be readable.
    ...(kind === "version"
      ? readDate(text("LastModified"))
      : { lastModified: readDate(text("LastModified")).lastModified }),
    // A fault in the size precedes one in the date, and one in the key precedes both. A delete marker has no size.
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
