import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createBucket, plain, vaulted } from "./bucket.js";
import { openRehearsal, type Rehearsal } from "./rehearsal.js";

vi.setConfig({ testTimeout: 300_000 });

const KEY = Buffer.alloc(32, 7);

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await openRehearsal();
  await createBucket(rehearsal.client, "archive", [...plain(2), ...vaulted(2)]);
});
afterAll(() => rehearsal.close());

/** A store that repeats every header of a request that it refuses, in code, message and request id. */
async function startEcho(refuses: (method: string, path: string) => boolean) {
  const server = createServer((incoming, answer) => {
    const { method = "", url: path = "", headers } = incoming;
    if (!refuses(method, path)) {
      const to = { host: "127.0.0.1", port: new URL(rehearsal.sandbox.endpoint).port, method, path, headers };
      incoming.pipe(
        request(to, (received) => {
          answer.writeHead(received.statusCode ?? 0, received.rawHeaders);
          received.pipe(answer);
        }),
      );
      return;
    }
    const repeated = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const message = repeated.join("\n").replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    const echoed = String(headers["x-amz-server-side-encryption-customer-key"] ?? headers.authorization);
    answer.writeHead(400, { "x-amz-request-id": echoed, "content-type": "application/xml" });
    answer.end(`<Error><Code>${echoed}</Code><Message>${message}</Message></Error>`);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, close: () => server.close().closeAllConnections() };
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

test("migrate redacts secrets that a store echoes, and makes its run folder private", async () => {
  const { endpoint, close } = await startEcho((_, path) => /^\/archive\/[^?]/.test(path));
  const keyFile = join(rehearsal.folder, "vault.key");
  writeFileSync(keyFile, KEY, { mode: 0o600 });
  const out = join(rehearsal.folder, "run");
  const place = ["--endpoint", endpoint, "--region", "gra", "--ssec-key-file", keyFile, "--out", out];
  const formats = ["--format", "html,csv,md,ocsf,inventory,prometheus"];
  const ran = await rehearsal.cli("migrate", "s3://archive", "--dry-run", ...place, ...formats, "--json");
  close();
  expect(ran.code).toBe(1);
  const { secretAccessKey } = rehearsal.sandbox.credentials;
  const texts = [ran.stdout, ran.stderr, ...[...filesIn(out)].map((path) => readFileSync(path, "utf8"))];
  expect(texts.length).toBeGreaterThan(8);
  expect(texts.join("\n")).toContain("[secret]");
  for (const text of texts) {
    for (const secret of [KEY.toString("base64"), KEY.toString("hex"), secretAccessKey])
      expect(text).not.toContain(secret);
    expect(text).not.toMatch(/Signature=\w{8}|x-amz-signature\W+\w{16}/i);
  }
  const modes = new Set([...filesIn(out)].map((path) => statSync(path).mode & 0o777));
  expect([...modes]).toEqual([0o600]);
  expect(statSync(out).mode & 0o777).toBe(0o700);
});
