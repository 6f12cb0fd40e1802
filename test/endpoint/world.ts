import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJournal } from "../../migrate/index.js";
import { pathOf, type RawS3, sendOk } from "../buckets/raw-s3.js";
import { type Ran, type Running, runCli, startCli } from "../cli/run-cli.js";
import { idOf, type Told } from "./compare.js";
import { field, listVersions } from "./snapshot.js";
import { type Endpoint, openWitness } from "./witness.js";

/** A server that somebody else runs, with the buckets that a test makes there. */
export interface EndpointWorld {
  readonly server: Endpoint;
  readonly witness: RawS3;
  /** A folder of this test's own. */
  readonly folder: string;
  newBucket(sort: string, headers?: Record<string, string>): Promise<string>;
  /** Runs the built command line on the server, or on the front before it. */
  cli(args: readonly string[], endpoint?: string): Promise<Ran>;
  start(args: readonly string[], endpoint?: string): Running;
  /** Removes all buckets that were made here, with every version and upload in them. */
  close(): Promise<void>;
}

export async function openWorld(server: Endpoint, provider?: string): Promise<EndpointWorld> {
  const witness = openWitness(server);
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-server-"));
  const made: string[] = [];
  const { accessKeyId, secretAccessKey, sessionToken } = server.credentials;
  const env = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  };
  const placed = ([command = "", ...rest]: readonly string[], endpoint = server.endpoint) => [
    command,
    ...rest,
    ...["--endpoint", endpoint, "--region", server.region, "--path-style"],
    ...(provider === undefined || command === "verify" ? [] : ["--provider", provider]),
  ];
  return {
    server,
    witness,
    folder,
    newBucket: async (sort, headers = {}) => {
      const name = `bucketseal-test-${sort}-${Math.random().toString(36).slice(2, 10)}`;
      await createBucket(witness, name, headers);
      made.push(name);
      return name;
    },
    cli: (args, endpoint) => runCli(placed(args, endpoint), { folder, env }),
    start: (args, endpoint) => startCli(placed(args, endpoint), { folder, env }),
    close: async () => {
      for (const name of made) await removeBucket(witness, name);
      witness.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** The very first bucket of a server can be refused while it gets ready. */
async function createBucket(witness: RawS3, name: string, headers: Record<string, string>): Promise<void> {
  const request = { method: "PUT", path: `/${name}`, headers };
  const first = await witness.send(request);
  if (first.status >= 500 && first.status !== 501) await sendOk(witness, request);
  else if (first.status >= 300) throw new Error(`PUT /${name} answered ${first.status}: ${first.body.toString()}`);
}

async function removeBucket(witness: RawS3, bucket: string): Promise<void> {
  for (const { key, versionId } of await listVersions(witness, bucket)) {
    const version = `versionId=${encodeURIComponent(versionId)}`;
    const path = pathOf(bucket, key, `?${version}`);
    const headers = { "x-amz-bypass-governance-retention": "true" };
    const first = await witness.send({ method: "DELETE", path, headers });
    if (first.status < 300) continue;
    const body = Buffer.from("<LegalHold><Status>OFF</Status></LegalHold>");
    await witness.send({ method: "PUT", path: pathOf(bucket, key, `?legal-hold=&${version}`), body });
    await witness.send({ method: "DELETE", path, headers });
  }
  const { body } = await sendOk(witness, { path: `/${bucket}?uploads=` });
  for (const [, upload = ""] of body.toString().matchAll(/<Upload>(.*?)<\/Upload>/gs)) {
    const id = encodeURIComponent(field(upload, "UploadId"));
    await witness.send({ method: "DELETE", path: pathOf(bucket, field(upload, "Key"), `?uploadId=${id}`) });
  }
  const removed = await witness.send({ method: "DELETE", path: `/${bucket}` });
  if (removed.status >= 300) process.stderr.write(`${bucket} is still there: DELETE answered ${removed.status}\n`);
}

/** Every line that a run wrote of an object or a version; two of one are an error. */
export async function toldBy(runDir: string): Promise<Told> {
  const told = { objects: new Map(), versions: new Map() };
  const note = (map: Map<string, unknown>, id: string, record: unknown) => {
    if (map.has(id)) throw new Error(`${id} has two lines in ${runDir}`);
    map.set(id, record);
  };
  for await (const record of readJournal(runDir)) {
    if (record.kind === "outcome") note(told.objects, record.key, record);
    if (record.kind === "version") {
      note(told.versions, idOf({ key: record.key, versionId: record.before.versionId }), record);
    }
  }
  return told;
}
