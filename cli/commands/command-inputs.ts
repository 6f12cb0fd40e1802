import { X509Certificate } from "node:crypto";
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
import type { ConnectedEvent } from "../../migrate/journal/events.js";
import { visibleText } from "../../migrate/model/text.js";
import { readCertificates } from "../../migrate/options/place.js";
import type { QueueOptions } from "../../migrate/options/queue-address.js";
import type { Lang } from "../../migrate/report/language.js";
import { wrap } from "../print/terminal.js";

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

/** As with a passphrase. An address with a password would be an argument too. */
export function redisOfEnvironment(): Pick<QueueOptions, "queueUsername" | "queuePassword"> {
  const { BUCKETSEAL_REDIS_USERNAME: queueUsername, BUCKETSEAL_REDIS_PASSWORD: queuePassword } = process.env;
  return { ...(queueUsername ? { queueUsername } : {}), ...(queuePassword ? { queuePassword } : {}) };
}

/** French if the locale for messages is. English is left out, as in runs that know no other language. */
export function langOfEnvironment(): { readonly lang?: Lang } {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const locale = LC_ALL || LC_MESSAGES || LANG || "";
  return /^fr(?![a-z])/i.test(locale) ? { lang: "fr" } : {};
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

/** The certificates of time-stamping authorities in these files. */
export async function authoritiesIn(paths: readonly string[]): Promise<readonly X509Certificate[]> {
  const read = await Promise.all(paths.map(async (path) => ({ path, ...(await readCertificates(path)) })));
  const problems = read.flatMap((one) =>
    one.kind === "bad" ? [`--timestamp-ca: "${one.path}", ${one.why}: give a PEM file of certificates`] : [],
  );
  if (problems.length > 0) throw new UsageError(problems);
  return read.flatMap((one) => (one.kind === "read" ? one.certificates : [])).map((pem) => new X509Certificate(pem));
}

/** The path as given, or the piped text if the path is `-`. */
export async function targetsSource(path: string): Promise<TargetsSource> {
  if (path !== "-") return path;
  if (process.stdin.isTTY)
    throw new UsageError(["stdin is a terminal: pipe the output of `terraform output -json` into it"]);
  return { name: "stdin", text: await text(process.stdin) };
}

/** Which store is asked, in a line that fits the terminal. `source` says where a value is from. */
export function storeWords(
  { provider, accessKeyId, ...place }: ConnectedEvent,
  source: (name: "endpoint" | "region") => string = () => "",
): string {
  const at = (["endpoint", "region"] as const).map((name) => `${name} ${place[name]}${source(name)}`);
  const who = accessKeyId === null ? "without credentials" : `access key ${accessKeyId}`;
  const { columns } = process.stderr;
  return wrap(visibleText(`store: ${[provider, ...at, who].join(", ")}`), { columns, indent: "  " });
}
