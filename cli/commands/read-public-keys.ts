import { type PublicKey, readPublicKey, UsageError } from "../../migrate/index.js";

/** The keys in these files; throws one UsageError for all that cannot be used. */
export async function readPublicKeys(paths: readonly string[]): Promise<readonly PublicKey[]> {
  const read = await Promise.all(paths.map(async (path) => ({ path, parsed: await readPublicKey(path) })));
  const problems = read.flatMap(({ path, parsed }) =>
    parsed.kind === "bad" ? [`--public-key: "${path}" cannot be used: ${parsed.why}`] : [],
  );
  if (problems.length > 0) throw new UsageError(problems);
  return read.flatMap(({ parsed }) => (parsed.kind === "key" ? [parsed.key] : []));
}
