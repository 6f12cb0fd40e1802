import { readdir } from "node:fs/promises";
import { text } from "node:stream/consumers";
import {
  type NetworkOptions,
  type PublicKey,
  readPublicKeys,
  type SignOptions,
  type TargetsSource,
  UsageError,
} from "../../migrate/index.js";

/** The variables that curl, Python and AWS's tools go by. Proxies are spelt either way, and in lower case first. */
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

/** A passphrase is no argument: other people on the machine can read those. */
export function passphraseOfEnvironment(): Pick<SignOptions, "signPassphrase"> {
  const { BUCKETSEAL_SIGN_PASSPHRASE: signPassphrase } = process.env;
  return signPassphrase ? { signPassphrase } : {};
}

/** Any of them shows that a run was here, even where the others were removed. */
const SIGNS: ReadonlySet<string> = new Set(["run.json", "manifest.json", "summary.json"]);

/** Throws where a folder was never a run's: that is a mistyped name, and says nothing about a report. */
export async function refuseOtherFolder(runDir: string): Promise<void> {
  const refuse = (because: string) =>
    new UsageError([`"${runDir}" is no run folder (${because}): name the folder that audit or migrate wrote`]);
  const names = await readdir(runDir).catch((error: NodeJS.ErrnoException) => {
    throw refuse(error.code === "ENOENT" ? "it does not exist" : error.code === "ENOTDIR" ? "a file" : error.message);
  });
  if (!names.some((name) => SIGNS.has(name))) throw refuse(`it holds none of ${[...SIGNS].join(", ")}`);
}

/** The keys in these files; throws one UsageError for all that cannot be used. */
export async function publicKeysIn(paths: readonly string[]): Promise<readonly PublicKey[]> {
  const problems: string[] = [];
  const keys = await readPublicKeys(paths, problems);
  if (problems.length > 0) throw new UsageError(problems);
  return keys;
}

/** A path as it was given, and `-` as the text that is piped in. */
export async function targetsSource(path: string): Promise<TargetsSource> {
  if (path !== "-") return path;
  if (process.stdin.isTTY)
    throw new UsageError(["stdin is a terminal: pipe what `terraform output -json` prints into it"]);
  return { name: "stdin", text: await text(process.stdin) };
}
