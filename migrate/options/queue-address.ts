import { holdsSecret, withoutQuery } from "../../providers/index.js";
import { readSecretText } from "../keys/key-files.js";
import { rememberSecret } from "../store/wire.js";

export const DEFAULT_PREFIX = "bucketseal";

/** How workers on other machines are reached. */
export interface QueueOptions {
  /**
   * The URL of a Redis, `redis://HOST:6379` or `rediss://HOST:6379` for TLS. `bucketseal worker` processes with the same
   * `queue` do the work, and this process keeps the journal. Needs the packages bullmq and ioredis. See docs/scale.md.
   * @default none: this machine does the work
   */
  readonly queue?: string | undefined;
  /**
   * The beginning of all keys in Redis.
   * @default "bucketseal"
   */
  readonly queuePrefix?: string | undefined;
  /** Path of a file with the password of Redis, which nobody else may read. */
  readonly queuePasswordFile?: string | undefined;
  /** The user of Redis. @default the default user */
  readonly queueUsername?: string | undefined;
  /** The password of Redis itself. @default none */
  readonly queuePassword?: string | undefined;
}

/** A Redis, and the prefix of its keys. Contains a secret. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  readonly prefix: string;
  /** The URL as it was given: it has no password. */
  readonly url: string;
}

/** The queue through which workers on other machines are given work; `null` if there is none. */
export async function resolveQueue(given: QueueOptions, problems: string[]): Promise<QueueAddress | null> {
  const {
    queue: url,
    queuePrefix: prefix = DEFAULT_PREFIX,
    queuePasswordFile: path,
    queueUsername: username = null,
  } = given;
  if (url === undefined) {
    if (path !== undefined) problems.push("--queue-password-file needs a queue: give --queue URL");
    return null;
  }
  const password =
    path === undefined ? given.queuePassword : await readSecretText(path, "--queue-password-file", problems);
  if (password !== undefined) rememberSecret(password);
  const place = parseQueueUrl(url);
  if (place.kind === "bad") {
    problems.push(place.problem);
    return null;
  }
  const { host, port, db, tls } = place;
  return { host, port, db, tls, username, password: password ?? null, prefix, url };
}

type QueuePlace =
  | ({ readonly kind: "place" } & Pick<QueueAddress, "host" | "port" | "db" | "tls">)
  | { readonly kind: "bad"; readonly problem: string };

/** Secrets are looked for in the text: a message must not repeat those of a text that is no URL either. */
function parseQueueUrl(url: string): QueuePlace {
  if (holdsSecret(url)) {
    const problem =
      "--queue: the URL contains a user or a password, which other users of this machine can read: set BUCKETSEAL_REDIS_USERNAME and BUCKETSEAL_REDIS_PASSWORD, or give --queue-password-file";
    return { kind: "bad", problem };
  }
  if (withoutQuery(url) !== url) {
    const problem =
      "--queue: the URL contains a query, which is not repeated here: give scheme, host, port and database only";
    return { kind: "bad", problem };
  }
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const [, db] = /^\/?(\d*)$/.exec(parsed?.pathname ?? "") ?? [];
  const isRedis = parsed?.protocol === "redis:" || parsed?.protocol === "rediss:";
  if (parsed === null || !isRedis || parsed.hostname === "" || db === undefined) {
    const problem = `--queue: "${url}" is not the URL of a Redis: give redis://HOST:PORT, or rediss://HOST:PORT for TLS, with /NUMBER for another database than 0`;
    return { kind: "bad", problem };
  }
  const host = parsed.hostname.replace(/^\[|\]$/g, "");
  return { kind: "place", host, port: Number(parsed.port || 6379), db: Number(db), tls: parsed.protocol === "rediss:" };
}
