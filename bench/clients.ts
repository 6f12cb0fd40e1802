// Measures one HEAD and one COPY of an object by each client: CPU time of this process, the server in another.
//   npx tsx bench/clients.ts [objects]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { forEachBounded } from "../migrate/object/room.js";
import { leanStore } from "../migrate/store/lean/lean-store.js";
import type { ObjectStore } from "../migrate/store/object-store.js";
import { clientClock } from "../migrate/store/sdk/credential-chain.js";
import { openClient, sdkStore } from "../migrate/store/sdk/open-client.js";
import { DEFAULT_CREDENTIALS as credentials } from "../sandbox/index.js";

const OBJECTS = Number(process.argv[2] ?? 5000);
const IN_FLIGHT = 64;
const BUCKET = "bench";

interface Figures {
  readonly objectsPerSecond: number;
  readonly cpuMsPerObject: number;
}

const server = spawn(process.execPath, ["--import", "tsx", fileURLToPath(new URL("server.ts", import.meta.url))], {
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = (await once(server.stdout, "data")) as [Buffer];
const endpoint = line.toString().trim();
const place = { endpoint, region: "gra", pathStyle: true, maxSockets: IN_FLIGHT };
const client = openClient({ ...place, checksums: "WHEN_REQUIRED", credentials });
await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
const keys = Array.from({ length: OBJECTS }, (_, index) => `object-${index}`);
await each(keys, async (Key) => {
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Key }));
});

const sdk = sdkStore(client);
const lean = leanStore(sdk, { ...place, credentials: async () => credentials, clock: clientClock(client) });
await measure(sdk);
await measure(lean);
const results = { "@aws-sdk/client-s3": await measure(sdk), undici: await measure(lean) };
const cpuRatio = results["@aws-sdk/client-s3"].cpuMsPerObject / results.undici.cpuMsPerObject;
process.stdout.write(`${JSON.stringify(results, null, 2)}
${OBJECTS} objects, ${IN_FLIGHT} in flight: the SDK takes ${cpuRatio.toFixed(1)} times the CPU time of undici
`);
client.destroy();
lean.close();
server.kill();
process.exit();

async function measure(store: ObjectStore): Promise<Figures> {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await each(keys, async (key) => {
    await store.headObject({ bucket: BUCKET, key });
    await store.copyObject({ bucket: BUCKET, key, headers: { "x-amz-server-side-encryption": "AES256" } });
  });
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    objectsPerSecond: Math.round(OBJECTS / seconds),
    cpuMsPerObject: Number(((user + system) / 1000 / OBJECTS).toFixed(2)),
  };
}

async function each(items: readonly string[], work: (item: string) => Promise<void>): Promise<void> {
  const source = (async function* () {
    yield* items;
  })();
  await forEachBounded(source, IN_FLIGHT, work);
}
