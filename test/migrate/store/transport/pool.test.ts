import { once } from "node:events";
import { get } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Network, PLAIN_NETWORK } from "../../../../migrate/store/transport/agents.js";
import { openPools } from "../../../../migrate/store/transport/pool.js";
import { callLimits, type WholeRequest } from "../../../../migrate/store/transport/request.js";
import { readWireHeaders } from "../../../../migrate/store/wire.js";

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/** A server that answers each request head with bytes, and pools that send to it. */
async function facing(
  answer: (head: string, socket: Socket) => string | Buffer,
  { network = PLAIN_NETWORK, maxSockets = 4 }: { readonly network?: Network; readonly maxSockets?: number } = {},
) {
  const sockets = new Set<Socket>();
  const heads: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    let received = "";
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
      for (let end = received.indexOf("\r\n\r\n"); end >= 0; end = received.indexOf("\r\n\r\n")) {
        const head = received.slice(0, end);
        received = received.slice(end + 4);
        heads.push(head);
        socket.write(answer(head, socket));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const pools = openPools(network, maxSockets);
  onTestFinished(() => {
    pools.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const send = (more: Partial<WholeRequest> = {}) =>
    pools.send({
      method: "GET",
      protocol: "http:",
      hostname: "127.0.0.1",
      port: String(port),
      path: "/",
      headers: {},
      limits: callLimits("headObject"),
      ...more,
    });
  return { send, sockets, heads, port, close: pools.close };
}

describe("openPools", () => {
  test("keeps the connection after HEAD, PUT and GET, whatever their answers", async () => {
    const bodiless = "HTTP/1.1 404 Not Found\r\ncontent-length: 300\r\n\r\n";
    const { send, sockets } = await facing((head) => (head.startsWith("HEAD") ? bodiless : OK));
    for (const method of ["HEAD", "PUT", "HEAD", "GET", "HEAD"] as const) {
      expect((await send({ method })).status).toBe(method === "HEAD" ? 404 : 200);
    }
    expect(sockets.size).toBe(1);
  });

  test("sends a path as it is, and header values as UTF-8", async () => {
    const { send, heads } = await facing(() => OK);
    await send({ path: "/b/../a/./%2E%2e//c%00?versionId=%3D", headers: { host: "store", "x-amz-meta-a": "é 🦊" } });
    const [first, ...lines] = Buffer.from(heads[0] ?? "", "latin1")
      .toString()
      .split("\r\n");
    expect(first).toBe("GET /b/../a/./%2E%2e//c%00?versionId=%3D HTTP/1.1");
    expect(lines).toEqual(["host: store", "connection: keep-alive", "x-amz-meta-a: é 🦊"]);
  });

  test("sends bodies with their length, and an empty PUT with a length of 0", async () => {
    const { send, heads } = await facing(() => OK);
    await send({ method: "PUT", headers: { "content-length": "0" } });
    await send({ method: "PUT", headers: { "content-length": "6" }, body: Buffer.from("a\r\n\r\nb") });
    expect(heads.map((head) => head.match(/content-length.*/g))).toEqual([
      ["content-length: 0"],
      ["content-length: 6"],
      // The body, up to the blank line in it.
      null,
    ]);
  });

  test("opens no more connections than allowed, and serves calls in their order", async () => {
    const { send, sockets, heads } = await facing(() => OK, { maxSockets: 2 });
    const paths = Array.from({ length: 20 }, (_, n) => `/${n}`);
    await Promise.all(paths.map((path) => send({ path })));
    expect(sockets.size).toBe(2);
    expect(
      heads.map((head) => head.split(" ")[1]).toSorted((a = "", b = "") => Number(a.slice(1)) - Number(b.slice(1))),
    ).toEqual(paths);
    expect(heads.at(-1)).toMatch(/^GET \/1[89] /);
  });

  test("opens a new connection if the server closed an idle one", async () => {
    const { send, sockets } = await facing(() => OK);
    await send();
    for (const socket of sockets) socket.end();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await send()).status).toBe(200);
    expect(sockets.size).toBe(2);
  });

  test("reports an answer that is lost on a reused connection, and sends nothing again by itself", async () => {
    let answered = 0;
    const { send, heads } = await facing((_, socket) => {
      answered += 1;
      if (answered > 1) socket.destroy();
      return OK;
    });
    await send();
    await expect(send({ method: "PUT" })).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(heads).toHaveLength(2);
  });

  test("goes on after answers that failed, with no more connections than allowed", async () => {
    let answered = 0;
    const { send, sockets } = await facing(
      (_, socket) => {
        answered += 1;
        if (answered % 2 === 0) socket.destroy();
        return OK;
      },
      { maxSockets: 2 },
    );
    const settled = await Promise.allSettled(Array.from({ length: 20 }, () => send()));
    expect(settled.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
    expect([...sockets].filter(({ destroyed }) => !destroyed).length).toBeLessThanOrEqual(2);
  });

  test("understands a server that sends 100 Continue unasked from the second call on", async () => {
    const { send, heads } = await facing(() => `HTTP/1.1 100 Continue\r\n\r\n${OK}`);
    await expect(send()).rejects.toMatchObject({ code: "ECONNRESET" });
    const headers = { "content-length": "0", "content-disposition": "é", "x-amz-meta-a": "é" };
    const { status, bytes } = await send({ method: "PUT", headers });
    expect([status, bytes.toString()]).toEqual([200, "ok"]);
    const sent = Buffer.from(heads[1] ?? "", "latin1").toString();
    expect([sent.includes("content-disposition: é"), sent.includes("x-amz-meta-a: é")]).toEqual([true, true]);
  });

  test("reads an answer that came while the process stalled for longer than the limit", async () => {
    const { send } = await facing(() => {
      for (const until = performance.now() + 300; performance.now() < until; );
      return OK;
    });
    expect((await send({ limits: { ...callLimits("headObject"), answerMs: 100 } })).status).toBe(200);
  });

  test("refuses a header that cannot be sent, and sends nothing", async () => {
    const { send, heads } = await facing(() => OK);
    await expect(send({ headers: { "x-amz-meta-a": "a\r\nb" } })).rejects.toMatchObject({ code: "ERR_INVALID_CHAR" });
    expect(heads).toEqual([]);
  });

  test("ends a connection that is being established on close, and fails later calls", async () => {
    // A name whose look-up fails or lasts, but not before the next line.
    const { send, close } = await facing(() => OK);
    const calls = [send({ hostname: "store.invalid" }), send({ hostname: "store.invalid" })];
    close();
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect(send()).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});

describe("a tunnel through a proxy", () => {
  const through = (port: number): Network => ({
    authorities: null,
    proxies: { https: `http://me:pass%20word@127.0.0.1:${port}` },
  });
  const target = { protocol: "https:", hostname: "[2001:db8::1]", port: "" } as const;

  test("is asked for with the host and the credentials of the proxy, and is reported if refused", async () => {
    const proxy = await facing(() => "HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n");
    const { send } = await facing(() => OK, { network: through(proxy.port) });
    await expect(send(target)).rejects.toMatchObject({
      code: "ProxyRefused",
      message: expect.stringMatching(`^the proxy 127.0.0.1:${proxy.port} answers HTTP 407`),
    });
    const [head = ""] = proxy.heads;
    expect(head).toMatch(/^CONNECT \[2001:db8::1\]:443 HTTP\/1.1\r\n/);
    const pair = Buffer.from("me:pass word").toString("base64");
    expect(head.toLowerCase()).toContain(`proxy-authorization: basic ${pair.toLowerCase()}`);
  });

  test("is given up on close while the proxy is silent", async () => {
    const proxy = await facing(() => "");
    const { send, close } = await facing(() => OK, { network: through(proxy.port) });
    const call = send(target);
    call.catch(() => undefined);
    await expect.poll(() => proxy.heads.length).toBe(1);
    close();
    await expect(call).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect.poll(() => [...proxy.sockets].filter(({ destroyed }) => !destroyed)).toEqual([]);
  });

  test("is refused if the proxy speaks no HTTP", async () => {
    const proxy = await facing(() => "SSH-2.0-OpenSSH_9.6\r\n");
    const { send } = await facing(() => OK, { network: through(proxy.port) });
    await expect(send(target)).rejects.toMatchObject({ code: "NotHttp" });
  });
});

const anyName = fc.constantFrom(
  "ETag",
  "x-amz-meta-a",
  "X-Amz-Meta-A",
  // As long as each other, with the same ends.
  "x-amz-meta-pear-x",
  "x-amz-meta-plum-x",
  "Content-Type",
  "Set-Cookie",
  "Cookie",
  "Server",
  "x-amz-version-id",
  "Expires",
  "Vary",
  "Date",
  "Age",
  "Location",
);
const anyBytes = fc
  .uint8Array({ maxLength: 20 })
  .map((bytes) => Buffer.from(bytes.map((byte) => (byte < 0x20 || byte === 0x7f ? 0x20 : byte))));

test("the pools read the same headers as node:http, from any bytes, repeated or not", async () => {
  let answer: Buffer = Buffer.alloc(0);
  const { send, port } = await facing(() => answer);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anyName, anyBytes), { maxLength: 12 }), async (given) => {
      const lines = given.flatMap(([name, value]) => [Buffer.from(`${name}: `), value, Buffer.from("\r\n")]);
      answer = Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n"), ...lines, Buffer.from("\r\n")]);
      const { headers } = await send();
      const [theirs] = await once(get({ host: "127.0.0.1", port, agent: false }), "response");
      theirs.resume();
      const pairs = Object.entries(theirs.headers).map(([name, value]) => [name, String(value)]);
      expect(headers).toEqual(readWireHeaders(Object.fromEntries(pairs)));
    }),
    { numRuns: 200 },
  );
});

test("an idle connection of the pools does not keep the process alive, and a busy one does", async () => {
  const awaited = () => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
  await expect.poll(awaited).toBe(0);
  const { send } = await facing((_, socket) => {
    setTimeout(() => socket.write(OK), 300);
    return "";
  });
  const call = send();
  // The server's side of the connection is in this process as well.
  await expect.poll(awaited).toBe(2);
  await call;
  await expect.poll(awaited).toBe(1);
});
