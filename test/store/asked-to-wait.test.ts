import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { DEFAULT_CREDENTIALS } from "../../sandbox/index.js";
import { openStores, STORE_NAMES } from "./open-stores.js";
import { refusalOf } from "./port-target.js";

const OBJECT = { bucket: "bucket", key: "a", headers: {} };

test.each(STORE_NAMES)("the %s store reports the time in Retry-After, and nothing without it", async (name) => {
  let retryAfter: string | undefined = "7";
  const server = createServer((_, response) => {
    response.writeHead(503, { ...(retryAfter !== undefined && { "retry-after": retryAfter }) });
    response.end("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stores = openStores({ endpoint, region: "gra", credentials: DEFAULT_CREDENTIALS });
  onTestFinished(() => {
    stores.close();
    server.close().closeAllConnections();
  });
  const factsOf = async (call: Promise<unknown>) => (await refusalOf(call)).facts;
  expect(await factsOf(stores[name].copyObject(OBJECT))).toMatchObject({ kind: "throttled", retryAfterMs: 7000 });
  expect(await factsOf(stores[name].headObject(OBJECT))).toMatchObject({ kind: "throttled", retryAfterMs: 7000 });
  retryAfter = undefined;
  expect(await factsOf(stores[name].copyObject(OBJECT))).not.toHaveProperty("retryAfterMs");
});
