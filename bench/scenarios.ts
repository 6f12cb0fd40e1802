import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUCKET, type StubCounts, type StubOptions } from "./stub/answer-request.js";

export const CLI = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const TSX = import.meta.resolve("tsx");
const ONE_READER = fileURLToPath(new URL("one-reader.ts", import.meta.url));

export interface Place {
  readonly endpoint: string;
  /** A folder of the run's own. */
  readonly folder: string;
}

/** A program that a scenario measures. */
export interface Subject {
  readonly name: string;
  readonly command: (place: Place) => readonly [file: string, ...args: string[]];
  /** How many times one run starts it. @default 1 */
  readonly times?: number;
  /** The differences from the scenario's store. */
  readonly stub?: Partial<StubOptions>;
  /** Whether the store saw the work done. */
  readonly isDone: (counts: StubCounts, objects: number) => boolean;
  /** Why it cannot run here; `undefined` if it can. */
  readonly missing?: () => string | undefined;
}

export type Figure = "cpu" | "rate" | "peak";

/** A ratio of two subjects that is wanted: CPU and memory at most, objects per second at least. */
export interface Bar {
  readonly figure: Figure;
  readonly of: string;
  readonly against: string;
  readonly wanted: number;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly stub: StubOptions;
  readonly subjects: readonly Subject[];
  readonly bars: readonly Bar[];
  /** @default as many as were asked for */
  readonly runs?: number;
  readonly isLong?: true;
}

const isSealed: Subject["isDone"] = ({ sealed }, objects) => sealed === objects;
const isLookedAt: Subject["isDone"] = ({ objects }, count) => objects.HeadObject >= count;
const isListed: Subject["isDone"] = ({ objects }, count) => objects.ListObjectsV2 >= count / 1000;

/** A command of the built command line, on the whole bucket. */
export function commandOf(command: "audit" | "migrate", options: readonly string[] = []): Subject["command"] {
  return ({ endpoint, folder }) => {
    const provider = options.includes("--provider") ? [] : ["--provider", "generic"];
    const where = [`s3://${BUCKET}`, ...provider, "--endpoint", endpoint];
    return [process.execPath, CLI, command, ...where, "--out", join(folder, "run"), ...options];
  };
}

const bucketseal = (name: string, command: "audit" | "migrate", options: readonly string[] = []): Subject => ({
  name,
  command: commandOf(command, options),
  isDone: command === "migrate" ? isSealed : isLookedAt,
});

const MIGRATE = bucketseal("bucketseal migrate", "migrate");
/** Amazon's documents name Object Ownership, and rates, which the stub does not have. */
const WITHOUT_ACLS = bucketseal("bucketseal migrate", "migrate", [
  ...["--provider", "aws", "--region", "us-east-1", "--reads-per-second", "100000", "--writes-per-second", "100000"],
]);
const AUDIT = bucketseal("bucketseal audit", "audit");

const S5CMD: Subject = {
  name: "s5cmd cp",
  command: ({ endpoint }) => [
    "s5cmd",
    ...["--endpoint-url", endpoint, "cp", "--sse", "AES256", `s3://${BUCKET}/*`, `s3://${BUCKET}/`],
  ],
  isDone: isSealed,
  missing: () => notOnPath("s5cmd"),
};

/** rclone copies nothing onto itself; a change of the storage class does so, and encrypts if the remote says so. */
const RCLONE: Subject = {
  name: "rclone settier",
  command: ({ endpoint }) => [
    ...(["rclone", "settier", "STANDARD", `:s3:${BUCKET}`, "--config", "/dev/null", "--fast-list"] as const),
    ...["--s3-provider", "Other", "--s3-env-auth", "--s3-endpoint", endpoint, "--s3-list-version", "2"],
    ...["--s3-server-side-encryption", "AES256"],
  ],
  isDone: isSealed,
  missing: () => notOnPath("rclone"),
};

const AWS: Subject = {
  name: "aws s3 cp",
  command: ({ endpoint }) => [
    ...(["aws", "s3", "cp", `s3://${BUCKET}`, `s3://${BUCKET}`, "--recursive", "--sse", "AES256"] as const),
    ...["--endpoint-url", endpoint, "--only-show-errors"],
  ],
  isDone: isSealed,
  missing: () => notOnPath("aws"),
};

const workers = (count: number): Subject => ({
  ...bucketseal(`bucketseal migrate --workers ${count}`, "migrate", ["--workers", String(count)]),
  missing: () => (isOption("--workers") ? undefined : "bucketseal has no --workers"),
});

const started = (name: string, ...args: string[]): Subject => ({
  name,
  command: () => [process.execPath, ...args],
  times: 10,
  isDone: () => true,
});

const LISTED = 1_000_000;
const FEW = 100_000;
const MANY = 10_000_000;

export function scenariosFor(objects: number): readonly Scenario[] {
  return [
    {
      name: "migrate",
      title: "migrate against a bare copy, store that answers at once",
      stub: { keys: objects },
      subjects: [S5CMD, MIGRATE],
      bars: [
        { figure: "cpu", of: MIGRATE.name, against: S5CMD.name, wanted: 1.5 },
        { figure: "rate", of: MIGRATE.name, against: S5CMD.name, wanted: 0.6 },
      ],
    },
    {
      name: "acls-off",
      title: "the same on a bucket that enforces its ownership of the objects: ACLs are off",
      stub: { keys: objects, acls: "off" },
      subjects: [S5CMD, WITHOUT_ACLS],
      bars: [{ figure: "cpu", of: WITHOUT_ACLS.name, against: S5CMD.name, wanted: 1.2 }],
    },
    {
      name: "acls-differing",
      title: "the same on objects whose grants differ",
      stub: { keys: objects, acls: "differing" },
      subjects: [MIGRATE],
      bars: [],
    },
    {
      name: "audit",
      title: "audit against a bare copy, store that answers at once",
      stub: { keys: objects },
      subjects: [S5CMD, AUDIT],
      bars: [{ figure: "cpu", of: AUDIT.name, against: S5CMD.name, wanted: 0.4 }],
    },
    {
      name: "latency",
      title: "migrate against a bare copy, defaults of both, 50 ms a request",
      stub: { keys: Math.min(objects, 6000), latencyMs: 50 },
      subjects: [S5CMD, MIGRATE],
      bars: [{ figure: "rate", of: MIGRATE.name, against: S5CMD.name, wanted: 0.6 }],
    },
    listing(),
    {
      name: "workers",
      title: "one worker and two, 20 ms a request, no ceiling",
      stub: { keys: objects, latencyMs: 20 },
      subjects: [workers(1), workers(2)],
      bars: [{ figure: "rate", of: workers(2).name, against: workers(1).name, wanted: 1.9 }],
    },
    start(),
    {
      name: "peers",
      title: "other tools that encrypt in place, one copy an object",
      stub: { keys: Math.min(objects, 2000) },
      subjects: [S5CMD, RCLONE, AWS, MIGRATE],
      bars: [],
    },
    memory(),
  ];
}

function listing(): Scenario {
  const reader: Subject = {
    name: "one reader",
    command: ({ endpoint }) => [process.execPath, "--import", TSX, ONE_READER, `${endpoint}/${BUCKET}`],
    isDone: isListed,
  };
  const lists = bucketseal("bucketseal audit --exclude '*'", "audit", ["--exclude", "*", "--allow-empty"]);
  return {
    name: "list",
    title: "listing 1,000,000 keys, 50 ms a request: an audit whose filter leaves nothing to look at",
    stub: { keys: LISTED, latencyMs: 50 },
    subjects: [reader, { ...lists, isDone: isListed }],
    bars: [{ figure: "rate", of: lists.name, against: reader.name, wanted: 8 }],
    runs: 1,
  };
}

function start(): Scenario {
  const node = started("node -e 0", "-e", "0");
  const version = started("bucketseal --version", CLI, "--version");
  const help = started("bucketseal --help", CLI, "--help");
  return {
    name: "start",
    title: "the start of the command, against bare node",
    stub: { keys: 1 },
    subjects: [node, version, help],
    bars: [version, help].map(({ name }) => ({ figure: "cpu", of: name, against: node.name, wanted: 2 })),
  };
}

function memory(): Scenario {
  const few = { ...AUDIT, name: `bucketseal audit, ${FEW} keys`, stub: { keys: FEW } };
  const many = { ...AUDIT, name: `bucketseal audit, ${MANY} keys`, stub: { keys: MANY } };
  return {
    name: "memory",
    title: "peak memory of an audit, by the number of keys",
    stub: { keys: FEW },
    subjects: [few, many],
    bars: [{ figure: "peak", of: many.name, against: few.name, wanted: 1.2 }],
    runs: 1,
    isLong: true,
  };
}

function notOnPath(program: string): string | undefined {
  const isThere = (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return isThere ? undefined : `${program} is not on the PATH`;
}

function isOption(flag: string): boolean {
  return spawnSync(process.execPath, [CLI, "migrate", "--help"], { encoding: "utf8" }).stdout.includes(`  ${flag} `);
}
