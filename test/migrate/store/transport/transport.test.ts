import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Readable } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { PLAIN_NETWORK } from "../../../../migrate/store/transport/agents.js";
import { limitConnecting } from "../../../../migrate/store/transport/answer.js";
import { openPools } from "../../../../migrate/store/transport/pool.js";
import { type CallLimits, callLimits, RequestCounts } from "../../../../migrate/store/transport/request.js";
import { openTransport } from "../../../../migrate/store/transport/transport.js";

const LIMIT_MS = 200;
const SOON = { answerMs: LIMIT_MS };
/** For answers that come in time, on a busy machine too. */
const UNHURRIED = { answerMs: 1500 };
const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

type Answering = (socket: Socket) => void;

/** A server that answers each request as the test decides, and both senders, which give up soon. */
async function facing(answer: Answering, more: Partial<CallLimits> = {}) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("data", () => answer(socket)).on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const [sender, pools] = [openTransport(PLAIN_NETWORK, 2), openPools(PLAIN_NETWORK, 2)];
  const close = () => {
    sender.close();
    pools.close();
  };
  onTestFinished(() => {
    close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const request = { method: "GET", protocol: "http:", hostname: "127.0.0.1", port: String(port), path: "/" } as const;
  const limits = { ...callLimits("headObject"), ...more };
  const open = (given: { readonly method?: string; readonly body?: Readable } = {}) =>
    sender.send({ ...request, headers: {}, limits, ...given });
  const sendBy: Readonly<Record<Sender, () => Promise<{ readonly status: number; readonly body: string }>>> = {
    "node:http": async () => {
      const { status, whole } = await open();
      return { status, body: (await whole()).toString() };
    },
    undici: async () => {
      const { status, bytes } = await pools.send({ ...request, headers: {}, limits });
      return { status, body: bytes.toString() };
    },
  };
  return { open, sendBy, sockets, close };
}

type Sender = "node:http" | "undici";
const SENDERS: readonly Sender[] = ["node:http", "undici"];

const failureOf = async (call: Promise<unknown>) => {
  const since = performance.now();
  const error = await call.then(
    () => undefined,
    (thrown: Error & { code?: string }) => thrown,
  );
  return { code: error?.code, message: error?.message, afterMs: performance.now() - since };
};

/** Writes a piece of an answer every so often, for ever. */
function trickle(socket: Socket, piece: string, everyMs = 50): void {
  const writing = setInterval(() => socket.write(piece), everyMs);
  socket.on("close", () => clearInterval(writing));
}

describe.each(SENDERS)("the transport over %s", (sender) => {
  const through = async (answer: Answering, more: Partial<CallLimits> = {}) => {
    const { sendBy, ...faced } = await facing(answer, more);
    return { ...faced, send: sendBy[sender] };
  };

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
  ])("gives up in time on a server that accepts and then %s", async (_, answer) => {
    const { send } = await through(answer, SOON);
    const { code, message, afterMs } = await failureOf(send());
    expect({ code, message }).toEqual({ code: "ETIMEDOUT", message: "no answer for 0.2 s" });
    expect(afterMs).toBeGreaterThan(LIMIT_MS - 20);
    // The default limits of a store are a minute and more.
    expect(afterMs).toBeLessThan(30_000);
  });

  test("lets an answer take longer than the limit while it makes progress", { tags: ["slow"] }, async () => {
    const { send } = await through((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n");
      trickle(socket, "x", 200);
    }, UNHURRIED);
    expect((await send()).body).toBe("x".repeat(12));
  });

  test("does not count waiting for a free connection as a timeout", { tags: ["slow"] }, async () => {
    const { send, sockets } = await through((socket) => void setTimeout(() => socket.write(OK), 600), UNHURRIED);
    const bodies = (await Promise.all(Array.from({ length: 6 }, send))).map(({ body }) => body);
    expect(bodies).toEqual(Array(6).fill("ok"));
    expect(sockets.size).toBe(2);
  });

  test("reuses a connection, even after it was idle longer than the limit", { tags: ["slow"] }, async () => {
    const { send, sockets } = await through((socket) => void socket.write(OK), UNHURRIED);
    await send();
    await new Promise((resolve) => setTimeout(resolve, UNHURRIED.answerMs + 100));
    await send();
    expect(sockets.size).toBe(1);
  });

  test("close ends every connection, idle or busy", async () => {
    let answered = 0;
    const { send, sockets, close } = await through((socket) => {
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

  describe("on an answer that does not end", () => {
    test("gives up at the deadline of the call, even if the answer keeps trickling in", async () => {
      const { send } = await through(
        (socket) => {
          socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n");
          trickle(socket, "x");
        },
        { callMs: 400 },
      );
      const { code, message } = await failureOf(send());
      expect({ code, message }).toEqual({ code: "ETIMEDOUT", message: "not finished within 0.4 s" });
    });

    test.each([
      [
        "too large in its body",
        `HTTP/1.1 200 OK\r\ncontent-length: 3000000\r\n\r\n${"x".repeat(3_000_000)}`,
        /larger than 1 MiB/,
      ],
      ["too large in its headers", `HTTP/1.1 200 OK\r\nx-long: ${"x".repeat(70_000)}\r\n\r\n`, /larger than 64 KiB/],
    ])("refuses an answer that is %s", async (_, answer, words) => {
      const { send, sockets } = await through((socket) => void socket.write(answer));
      expect(await failureOf(send())).toMatchObject({ code: "AnswerTooLarge", message: expect.stringMatching(words) });
      await expect.poll(() => sockets.size).toBe(0);
    });

    test("truncates the body of an error, and returns its status", async () => {
      const { send } = await through(
        (socket) => void socket.write(`HTTP/1.1 503 Slow\r\n\r\n${"x".repeat(3_000_000)}`),
      );
      const { status, body } = await send();
      expect([status, body.length]).toEqual([503, 64 * 1024]);
    });

    test("accepts an answer of exactly the maximum size, with headers over 16 KiB", async () => {
      const body = "x".repeat(1024 * 1024);
      const head = `HTTP/1.1 200 OK\r\nx-long: ${"x".repeat(30_000)}\r\ncontent-length: ${body.length}\r\n\r\n`;
      const { send } = await through((socket) => void socket.write(head + body));
      expect((await send()).body.length).toBe(body.length);
    });
  });

  describe("on an unusable answer", () => {
    test.each([
      [
        "101 with an upgrade",
        "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        "StrangeAnswer",
      ],
      ["101 without one", "HTTP/1.1 101 Switching\r\n\r\n", "StrangeAnswer"],
      ["103 and then silence", "HTTP/1.1 103 Early\r\nlink: </a>\r\n\r\n", "ETIMEDOUT"],
      ["what is no HTTP", "SSH-2.0-OpenSSH_9.6\r\n", "NotHttp"],
      ["an alert of TLS", Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]), "HttpsExpected"],
      [
        "a redirect to https",
        "HTTP/1.1 301 Moved\r\nlocation: https://store/\r\ncontent-length: 0\r\n\r\n",
        "HttpsExpected",
      ],
      [
        "that TLS is wanted",
        "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
        "HttpsExpected",
      ],
    ])("fails the call with the matching error: %s", async (_, answer, code) => {
      const { send } = await through(
        (socket) => void (/HTTP\/1.0/.test(String(answer)) ? socket.end(answer) : socket.write(answer)),
        code === "ETIMEDOUT" ? SOON : {},
      );
      expect((await failureOf(send())).code).toBe(code);
    });

    test("reads the final answer after interim responses", async () => {
      const { send } = await through(
        (socket) => void socket.write(`HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 102 P\r\n\r\n${OK}`),
      );
      expect(await send()).toEqual({ status: 200, body: "ok" });
    });

    test("fails with ECONNRESET if the connection closes without an answer", async () => {
      const { send } = await through((socket) => void socket.end());
      expect((await failureOf(send())).code).toBe("ECONNRESET");
    });

    test("returns a redirect within HTTP as an answer", async () => {
      const { send } = await through(
        (socket) => void socket.write("HTTP/1.1 307 T\r\nlocation: http://b/\r\ncontent-length: 0\r\n\r\n"),
      );
      expect((await send()).status).toBe(307);
    });
  });
});

describe("transport on a streamed body", () => {
  const progress = { windowMs: 300, bytes: 20 };
  const head = "HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n";
  const patient = { isStreamed: true, callMs: 100, progress: { windowMs: 5000, bytes: 20 } };
  const streaming = { isStreamed: true, callMs: 100, progress };

  test("sets no deadline while the body makes progress", async () => {
    const { open } = await facing((socket) => {
      socket.write(head);
      trickle(socket, "xxxxx");
    }, patient);
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await open()).streamed()) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe("x".repeat(40));
  });

  test("gives up if the body only trickles", async () => {
    const { open } = await facing((socket) => {
      socket.write(head);
      trickle(socket, "x");
    }, streaming);
    const reading = open().then(async (answer) => {
      for await (const _chunk of answer.streamed());
    });
    expect((await failureOf(reading)).message).toMatch(/^fewer than .* KiB within 0.3 s/);
  });

  test("does not count a slow reader as a slow store", async () => {
    const { open } = await facing((socket) => void socket.write(head + "x".repeat(40)), {
      ...streaming,
      progress: { ...progress, windowMs: 1000 },
    });
    let bytes = 0;
    for await (const chunk of (await open()).streamed()) {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      bytes += chunk.length;
    }
    expect(bytes).toBe(40);
  });

  test("gives up on an upload that the server does not read", async () => {
    const { open } = await facing((socket) => void socket.pause(), streaming);
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(64 * 1024);
      })(),
      { objectMode: false },
    );
    expect((await failureOf(open({ method: "PUT", body: endless }))).message).toMatch(
      /^fewer than .* KiB within 0.3 s/,
    );
  });
});

test("limitConnecting ends a connection that is not established in time with ETIMEDOUT", async () => {
  // Connecting begins with a look-up, and this one never answers.
  const socket = connect({ host: "store.invalid", port: 443, lookup: () => undefined });
  limitConnecting(socket, 20);
  const [error] = await once(socket, "error", { signal: AbortSignal.timeout(60_000) }).catch((thrown) => [thrown]);
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
  limitConnecting(socket, 1000);
  await once(socket, "connect");
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(socket.destroyed).toBe(false);
});

test("RequestCounts adds up the names of both clients, in order", () => {
  const counts = new RequestCounts();
  for (const name of ["headObject", "CopyObject", "HeadObject", "headObject"]) counts.add(name);
  counts.add("GetObject", 3);
  expect(JSON.stringify(counts.all())).toBe('{"CopyObject":1,"GetObject":3,"HeadObject":3}');
  expect(counts.take()).toEqual({ CopyObject: 1, GetObject: 3, HeadObject: 3 });
  expect(counts.take()).toEqual({});
});
