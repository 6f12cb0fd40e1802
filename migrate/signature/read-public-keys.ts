import type { PublicKey } from "./parse-public-key.js";
import { readPublicKey } from "./read-public-key.js";

/** The keys in these files; what cannot be used is added to the problems. */
export async function readPublicKeys(paths: readonly string[], problems: string[]): Promise<readonly PublicKey[]> {
  const read = await Promise.all(paths.map(async (path) => ({ path, parsed: await readPublicKey(path) })));
  problems.push(
    ...read.flatMap(({ path, parsed }) =>
      parsed.kind === "bad" ? [`--public-key: "${path}" cannot be used: ${parsed.why}`] : [],
    ),
  );
  return read.flatMap(({ parsed }) => (parsed.kind === "key" ? [parsed.key] : []));
}
