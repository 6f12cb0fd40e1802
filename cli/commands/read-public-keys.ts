import { type PublicKey, readPublicKeys, UsageError } from "../../migrate/index.js";

/** The keys in these files; throws one UsageError for all that cannot be used. */
export async function publicKeysIn(paths: readonly string[]): Promise<readonly PublicKey[]> {
  const problems: string[] = [];
  const keys = await readPublicKeys(paths, problems);
  if (problems.length > 0) throw new UsageError(problems);
  return keys;
}
