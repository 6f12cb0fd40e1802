import { connect, createServer, type Server, type Socket } from "node:net";
import { CreateBucketCommand, PutBucketOwnershipControlsCommand, S3Client } from "@aws-sdk/client-s3";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import {
  answerTo,
  BUCKET,
  countsOf,
  nothingCounted,
  reset,
  type State,
  type StubCounts,
  type StubOptions,
} from "./answer-request.js";
import { prebuildAnswers } from "./answers.js";
import { keySpace } from "./key-space.js";

/** The answers carry the time, and clients compare it with theirs. */
const REBUILD_MS = 60_000;

export interface Stub {
  readonly endpoint: string;
  readonly credentials: Sandbox["credentials"];
  counts(): StubCounts;
  /** Every object is in plaintext again, and nothing was counted. */
  reset(): void;
  close(): Promise<void>;
}

/**
 * Starts a store of generated objects that answers as cheaply as can be: raw sockets, answers that were made before, one bit an
 * object. What it does not know goes to a sandbox behind it: settings of the bucket, and test objects, which really are encrypted.
 * It checks no signature of the requests that it answers itself.
 */
export async function startStub(options: StubOptions): Promise<Stub> {
  const sandbox = await startSandbox({ profile: "reference", region: "us-east-1" });
  await createBucket(sandbox, options.acls === "off");
  const copiedAt = new Date(Math.floor(Date.now() / 1000) * 1000);
  const acls = options.acls === "differing" ? "differing" : "owner";
  const state: State = {
    keys: keySpace(options.layout ?? "flat", options.keys),
    sandbox,
    options,
    copiedAt,
    answers: prebuildAnswers(copiedAt, acls),
    ...nothingCounted(options.keys),
  };
  const timer = setInterval(() => (state.answers = prebuildAnswers(copiedAt, acls)), REBUILD_MS).unref();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)));
    serve(state, socket);
  });
  const port = await listen(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    credentials: sandbox.credentials,
    counts: () => countsOf(state),
    reset: () => reset(state),
    close: async () => {
      clearInterval(timer);
      server.close();
      for (const socket of sockets) socket.destroy();
      await sandbox.close();
    },
  };
}

async function createBucket({ endpoint, region, credentials }: Sandbox, isOwnershipEnforced: boolean): Promise<void> {
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  if (isOwnershipEnforced) {
    const OwnershipControls = { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" as const }] };
    await client.send(new PutBucketOwnershipControlsCommand({ Bucket: BUCKET, OwnershipControls }));
  }
  client.destroy();
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4096, resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the stub store listens on no port");
  return address.port;
}

function serve(state: State, socket: Socket): void {
  state.connections += 1;
  // One character a byte, so that what is handed on is what came.
  let pending = "";
  const onData = (chunk: Buffer) => {
    pending += chunk.toString("latin1");
    for (let end = pending.indexOf("\r\n\r\n"); end !== -1; end = pending.indexOf("\r\n\r\n")) {
      const head = pending.slice(0, end + 4);
      const answer = answerTo(state, head);
      if (answer === undefined) {
        socket.off("data", onData);
        handOn(state, socket, pending);
        return;
      }
      pending = pending.slice(end + 4);
      send(state, socket, answer);
    }
  };
  socket.on("data", onData).on("error", () => socket.destroy());
}

function send(state: State, socket: Socket, answer: Buffer): void {
  const { latencyMs = 0 } = state.options;
  state.inFlight += 1;
  if (state.inFlight > state.mostInFlight) state.mostInFlight = state.inFlight;
  const write = () => {
    state.inFlight -= 1;
    if (!socket.destroyed) socket.write(answer);
  };
  if (latencyMs === 0) write();
  else setTimeout(write, latencyMs);
}

/** The rest of the connection goes to the sandbox, which closes it after one answer: the next request comes to the stub again. */
function handOn(state: State, socket: Socket, pending: string): void {
  const head = pending.replace(/\r\nconnection:[^\r]*/i, "").replace("\r\n", "\r\nConnection: close\r\n");
  const begin = () => {
    const upstream = connect(Number(new URL(state.sandbox.endpoint).port), "127.0.0.1");
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
    upstream.write(Buffer.from(head, "latin1"));
    socket.pipe(upstream).pipe(socket);
  };
  if ((state.options.latencyMs ?? 0) === 0) begin();
  else setTimeout(begin, state.options.latencyMs);
}
