import * as table from "../../migrate/options/option-table.js";
import * as everyRun from "../../migrate/options/options-of-every-run.js";
import { EXIT } from "../exit-codes.js";
import { type CommandFlag, type CommandFlags, logging } from "./command-flag.js";
import { declareCommand, type FlagsOf, grouped } from "./declare-command.js";

const output = {
  json: { flag: "--json", help: "print one JSON object per line on stdout: every outcome, then the summary" },
  progress: { flag: "--no-progress", help: "do not print how far the run is" },
  ...logging,
} as const satisfies CommandFlags;

/** Part of the locations, which a resumed run keeps. */
export const prefix = {
  flag: "--prefix <prefix>",
  help: "only keys that begin with it, as in s3://BUCKET/PREFIX",
  schema: everyRun.place.region.schema,
} as const satisfies CommandFlag;

const ofBoth = {
  ...grouped("Store and buckets:", { ...everyRun.place, prefix }),
  ...grouped("Objects:", { ...everyRun.filters, ...everyRun.list, ...everyRun.olderVersions }),
  ...grouped("Speed:", { ...everyRun.speed, ...everyRun.queue }),
  ...grouped("Run and reports:", {
    ...everyRun.folder,
    ...everyRun.trust,
    ...everyRun.reports,
    ...everyRun.gates,
    ...everyRun.signing,
    ...output,
  }),
};
/** The flags that `audit` and `migrate` have in common. */
export type RunFlags = FlagsOf<typeof ofBoth>;

export const auditCommand = declareCommand({
  options: { ...ofBoth, ...grouped("Baseline:", table.baseline) },
  examples: `  bucketseal audit s3://invoices --provider ovhcloud --region gra
  bucketseal audit s3://invoices/2025/ --provider aws --fail-on unencrypted
  bucketseal audit s3://invoices --provider aws --baseline last-night
  bucketseal audit --all-buckets --endpoint https://s3.example.com --json`,
});

export const migrateCommand = declareCommand({
  options: {
    ...ofBoth,
    ...grouped("Copies:", {
      ...table.beforehand,
      ...table.assumptions,
      ...table.losses,
      ...table.removals,
      ...table.ways,
      ...table.parts,
    }),
    ...grouped("Encryption and keys:", table.encryption),
  },
  examples: `  bucketseal migrate s3://invoices --provider ovhcloud --region gra --dry-run
  bucketseal migrate s3://invoices --provider ovhcloud --region gra --out run-1
  bucketseal migrate --resume --out run-1 --provider ovhcloud --region gra
  bucketseal migrate --targets outputs.json --provider ovhcloud --set-default
  bucketseal migrate s3://vault --provider aws --ssec-key-file vault.key`,
});

const which = {
  ...everyRun.queue,
  queue: {
    ...everyRun.queue.queue,
    help: "the Redis of the runs: redis://HOST:6379, or rediss:// for TLS",
    required: true,
  },
} as const satisfies CommandFlags;

const workerOptions = {
  ...grouped("Queue:", {
    ...which,
    name: {
      variable: "worker-name",
      flag: "--name <name>",
      help: "what the coordinator calls this worker",
      otherwise: "host name and process ID",
    },
    once: {
      variable: "worker-once",
      flag: "--once",
      help: "end with the first run that it took part in, as a job of Kubernetes should",
    },
  }),
  ...grouped("Identity and keys, which are never sent through the queue:", {
    endpoint: { ...everyRun.place.endpoint, help: "work only for runs at this URL", otherwise: "at any" },
    profile: everyRun.place.profile,
    ssecKeyFile: table.encryption.ssecKeyFile,
    toKeyFile: table.encryption.toKeyFile,
  }),
  ...grouped("Log:", logging),
} as const satisfies CommandFlags;
export type WorkerFlags = FlagsOf<typeof workerOptions>;

export const workerCommand = declareCommand({
  options: workerOptions,
  notes: `Start it on any number of machines, and once per core. It works for the runs that
audit or migrate --queue coordinates, one after the other. All else comes from there.`,
  exitCodes: {
    [EXIT.done]: "with --once: the run is over",
    [EXIT.badUsage]: "bad usage",
    [EXIT.bucketUnreadable]: "the run does not take this worker, or Redis cannot be used",
    [EXIT.interrupted]: "interrupted; the rest of its keys went to other workers",
  },
  examples: `  bucketseal worker --queue redis://10.0.0.5:6379 --endpoint https://s3.example.com
  bucketseal worker --queue rediss://10.0.0.5:6379 --ssec-key-file vault.key --once`,
});

const queueOptions = {
  ...which,
  json: { flag: "--json", help: "print one JSON object per line on stdout" },
} as const satisfies CommandFlags;
export type QueueFlags = FlagsOf<typeof queueOptions>;

export const queueCommand = declareCommand({
  options: queueOptions,
  notes: `status lists the runs that are coordinated now, with their workers. drain removes what
runs that nobody coordinates any more left in Redis; their run folders stay, and
--resume continues them.`,
  exitCodes: {
    [EXIT.done]: "done",
    [EXIT.badUsage]: "bad usage",
    [EXIT.bucketUnreadable]: "Redis cannot be used",
  },
  examples: `  bucketseal queue status --queue redis://10.0.0.5:6379
  bucketseal queue drain --queue redis://10.0.0.5:6379`,
});
