import { readdir } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import {
  type NetworkOptions,
  type PublicKey,
  type RemovalFound,
  readPublicKeys,
  type SignOptions,
  type TargetsSource,
  UsageError,
} from "../../migrate/index.js";
import { countOf, formatBytes } from "../../migrate/model/text.js";
import { note } from "../print/terminal.js";

/** The variables that curl, Python and AWS tools read. Proxy variables may be lower or upper case; lower case wins. */
export function networkOfEnvironment(): { readonly network?: NetworkOptions } {
  const { env } = process;
  const either = (name: string) => env[name] || env[name.toUpperCase()] || undefined;
  const network = {
    httpProxy: either("http_proxy"),
    httpsProxy: either("https_proxy"),
    noProxy: either("no_proxy"),
    caBundle: env.AWS_CA_BUNDLE || undefined,
    extraCaCerts: env.NODE_EXTRA_CA_CERTS || undefined,
  };
  return Object.values(network).some((value) => value !== undefined) ? { network } : {};
}

/** A passphrase is not an argument, because other users of the machine can read arguments. */
export function passphraseOfEnvironment(): Pick<SignOptions, "signPassphrase"> {
  const { BUCKETSEAL_SIGN_PASSPHRASE: signPassphrase } = process.env;
  return signPassphrase ? { signPassphrase } : {};
}

/** Any of these files shows that the folder is a run's, even if the others were removed. */
const RUN_FILES: ReadonlySet<string> = new Set(["run.json", "manifest.json", "summary.json"]);

/** Throws if a folder is not a run folder: a mistyped name says nothing about a report. */
export async function refuseOtherFolder(runDir: string): Promise<void> {
  const refuse = (because: string) =>
    new UsageError([`"${runDir}" is not a run folder (${because}): give the folder that audit or migrate wrote`]);
  const names = await readdir(runDir).catch((error: NodeJS.ErrnoException) => {
    throw refuse(error.code === "ENOENT" ? "it does not exist" : error.code === "ENOTDIR" ? "a file" : error.message);
  });
  if (!names.some((name) => RUN_FILES.has(name))) throw refuse(`it contains none of ${[...RUN_FILES].join(", ")}`);
}

/** Reads the keys in these files. Throws one UsageError for all that cannot be used. */
export async function publicKeysIn(paths: readonly string[]): Promise<readonly PublicKey[]> {
  const problems: string[] = [];
  const keys = await readPublicKeys(paths, problems);
  if (problems.length > 0) throw new UsageError(problems);
  return keys;
}

/** The path as given, or the piped text if the path is `-`. */
export async function targetsSource(path: string): Promise<TargetsSource> {
  if (path !== "-") return path;
  if (process.stdin.isTTY)
    throw new UsageError(["stdin is a terminal: pipe the output of `terraform output -json` into it"]);
  return { name: "stdin", text: await text(process.stdin) };
}

const VERBS: Readonly<Record<RemovalFound["treatment"], string>> = {
  purge: "remove",
  replay: "re-create encrypted, and then remove,",
};

/**
 * Asks the user to type the number of versions that will be removed.
 *
 * @throws UsageError if there is no terminal to ask on
 */
export async function askToRemove(found: RemovalFound): Promise<boolean> {
  const { treatment, versions } = found;
  const what = removalWords(found);
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError([
      `--versions ${treatment} would ${what}; nothing was changed: give --yes to confirm it, or --dry-run to look first`,
    ]);
  }
  note(`This will ${what}.`);
  note("Removed versions cannot be restored.");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new AbortController();
  terminal.on("SIGINT", () => ended.abort()).on("close", () => ended.abort());
  try {
    const answer = await terminal.question(`Type ${versions} to continue: `, { signal: ended.signal });
    return answer.trim().replaceAll(",", "") === String(versions);
  } catch (error) {
    if (ended.signal.aborted) return false;
    throw error;
  } finally {
    terminal.close();
  }
}

function removalWords({ treatment, versions, bytes, keys }: RemovalFound): string {
  const count = `${countOf(versions, "noncurrent version")} (${formatBytes(bytes)}) of ${countOf(keys, "key")}`;
  return `${VERBS[treatment]} ${count} in plaintext, and those that this run's copies leave behind`;
}
