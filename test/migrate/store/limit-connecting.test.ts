import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { limitConnecting } from "../../../migrate/store/lean/send-request.js";

test("limitConnecting ends a connection that is not established in time with ETIMEDOUT", async () => {
  // Connecting begins with a look-up, and this one never answers.
  const socket = connect({ host: "store.invalid", port: 443, lookup: () => undefined });
  limitConnecting(socket, 20);
  const [error] = await once(socket, "error", { signal: AbortSignal.timeout(5000) }).catch((thrown) => [thrown]);
  expect(error).toMatchObject({ code: "ETIMEDOUT", message: "no connection within 0.02 s" });
  expect(socket.destroyed).toBe(true);
});

test("limitConnecting keeps a connection that was established in time", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  limitConnecting(socket, 50);
  await once(socket, "connect");
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(socket.destroyed).toBe(false);
});
