import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { requestSender } from "../../../../migrate/store/lean/send-request.js";

const LIMIT_MS = 200;
const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/** A server that does with each request what it is told, and a sender that gives up soon. */
async function facing(answer: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("data", () => answer(socket)).on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sender = requestSender("http:", 2);
  onTestFinished(() => {
    sender.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const request = { method: "GET", protocol: "http:", host: "127.0.0.1", port: String(port), path: "/" } as const;
  const send = () => sender.send({ ...request, headers: {}, timeoutMs: LIMIT_MS });
  return { send, sockets, close: sender.close };
}

const failureOf = async (call: Promise<unknown>) => {
  const since = performance.now();
  const error = await call.then(
    () => undefined,
    (thrown: Error & { code?: string }) => thrown,
  );
  return { code: error?.code, message: error?.message, afterMs: performance.now() - since };
};

/** Writes a piece of an answer every 50 ms, for ever. */
function trickle(socket: Socket, piece: string): void {
  const writing = setInterval(() => socket.write(piece), 50);
  socket.on("close", () => clearInterval(writing));
}

test.each<[string, (socket: Socket) => void]>([
  ["says nothing", () => undefined],
  [
    "never comes to the end of its headers",
    (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      trickle(socket, "x-more: 1\r\n");
    },
  ],
  ["falls silent in the middle of the body", (socket) => void socket.write(OK.slice(0, -1))],
])("a server that accepts and then %s is given up in time", async (_, answer) => {
  const { send } = await facing(answer);
  const { code, message, afterMs } = await failureOf(send());
  expect({ code, message }).toEqual({ code: "ETIMEDOUT", message: "no answer for 0.2 s" });
  expect(afterMs).toBeGreaterThan(LIMIT_MS - 20);
  expect(afterMs).toBeLessThan(LIMIT_MS * 10);
});

test("an answer may take longer than the limit as long as it goes on", async () => {
  const { send } = await facing((socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n");
    trickle(socket, "x");
  });
  expect((await send()).body).toBe("x".repeat(12));
});

test("a request that waits for a free connection is not given up for that", async () => {
  const { send, sockets } = await facing((socket) => void setTimeout(() => socket.write(OK), 120));
  const bodies = (await Promise.all(Array.from({ length: 6 }, send))).map(({ body }) => body);
  expect(bodies).toEqual(Array(6).fill("ok"));
  expect(sockets.size).toBe(2);
});

test("a connection is used again, also after it was idle for longer than the limit", async () => {
  const { send, sockets } = await facing((socket) => void socket.write(OK));
  await send();
  await new Promise((resolve) => setTimeout(resolve, LIMIT_MS * 2));
  await send();
  expect(sockets.size).toBe(1);
});

test("closing ends every connection, idle or not", async () => {
  let answered = 0;
  const { send, sockets, close } = await facing((socket) => {
    answered += 1;
    if (answered === 1) socket.write(OK);
  });
  await send();
  const inFlight = failureOf(send());
  const another = failureOf(send());
  await expect.poll(() => sockets.size).toBe(2);
  close();
  expect([(await inFlight).code, (await another).code]).toEqual(["ECONNRESET", "ECONNRESET"]);
  await expect.poll(() => sockets.size).toBe(0);
});
