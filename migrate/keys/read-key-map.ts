import { resolve } from "node:path";
import { z } from "zod";
import { badEntries, type KeyEntries } from "./key-entries.js";
import { type ParsedKey, parseBase64 } from "./parse-key.js";
import { readKeyFile } from "./read-key-file.js";
import type { SecretFile } from "./read-secret-file.js";

const inFile = z.strictObject({ file: z.string().min(1) });
const inline = z.strictObject({ base64: z.string() });

/**
 * A JSON object with an entry for each prefix: `{ "file": PATH }`, from the map's own folder, or `{ "base64": KEY }`.
 * Entries are told by their number, since anything in them may be a key in the wrong place.
 */
export async function readKeyMap(
  { bytes, tooOpen }: Extract<SecretFile, { kind: "read" }>,
  folder: string,
): Promise<KeyEntries> {
  const map = parseObject(bytes);
  if (map === null) return badEntries("it begins like a map of keys, and is no valid JSON");
  const values = Object.values(map);
  if (values.length === 0) return badEntries("it is a map without an entry");
  const keys = await Promise.all(values.map((value) => keyOfEntry(value, folder)));
  const problems = keys.flatMap((parsed, index) =>
    parsed.kind === "bad" ? [`entry ${index + 1} of the map: ${parsed.why}`] : [],
  );
  const holdsKeys = values.some((value) => inline.safeParse(value).success);
  if (holdsKeys && tooOpen !== null) problems.unshift(tooOpen);
  if (problems.length > 0) return badEntries(...problems);
  const prefixes = Object.keys(map);
  return {
    kind: "read",
    entries: keys.flatMap((parsed, index) =>
      parsed.kind === "key" ? [{ prefix: prefixes[index] ?? "", key: parsed.key }] : [],
    ),
  };
}

async function keyOfEntry(value: unknown, folder: string): Promise<ParsedKey> {
  const given = inline.safeParse(value);
  if (given.success) return parseBase64(given.data.base64);
  const named = inFile.safeParse(value);
  if (!named.success) return { kind: "bad", why: 'it is neither { "file": PATH } nor { "base64": KEY }' };
  const parsed = await readKeyFile(resolve(folder, named.data.file), named.data.file);
  return parsed.kind === "bad" ? { kind: "bad", why: `the file that it names: ${parsed.why}` } : parsed;
}

/** What JSON.parse says of bad text quotes that text, so it is not told. */
function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;
  } catch {
    return null;
  }
}
