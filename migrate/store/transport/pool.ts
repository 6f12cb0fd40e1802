import { Client, type Dispatcher } from "undici";
import { flatWireHeaders, readRawHeaders, readWireHeaders, writeWireHeaders } from "../wire.js";
import { type Closable, type Connect, connectorOf, type Network, type Way, wayTo } from "./agents.js";
import { closedEarly, likeOfSockets, strangeAnswer, tooLarge, transportError, type WholeAnswer } from "./answer.js";
import { ERROR_BYTES, HEADER_BYTES, type WholeRequest } from "./request.js";
import { explainer, openTransport, plainToTls, refusalOf, type Transport } from "./transport.js";

interface WholeTransport extends Pick<Transport, "close"> {
  /** As in `Transport`. */
  send(request: WholeRequest): Promise<WholeAnswer>;
}

/**
 * HTTP over kept-alive connections for the calls that every object costs, at a third of the CPU time of
 * node:http. Every call respects its limits, and settles.
 */
export function openPools(network: Network, maxSockets: number): WholeTransport {
  const pools = new Map<string, Pool>();
  const others = openTransport(network, maxSockets);
  let isClosed = false;
  const poolOf = ({ protocol, hostname, port }: WholeRequest): Pool => {
    const origin = `${protocol}//${hostname}:${port}`;
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const pool = new Pool({ network, maxSockets, others }, { protocol, hostname, port });
    pools.set(origin, pool);
    return pool;
  };
  return {
    send: (request) => (isClosed ? Promise.reject(closedEarly()) : poolOf(request).send(request)),
    close: () => {
      isClosed = true;
      for (const pool of pools.values()) pool.close();
      others.close();
    },
  };
}

type Origin = Pick<WholeRequest, "protocol" | "hostname" | "port">;

interface PoolOptions {
  readonly network: Network;
  readonly maxSockets: number;
  /** For servers that undici does not understand. */
  readonly others: Transport;
}

/** The connections to one origin. */
class Pool {
  readonly isPlain: boolean;
  readonly way: Way;
  readonly explain: ReturnType<typeof explainer>;
  readonly url: string;
  readonly connect: Connect;
  readonly #options: PoolOptions;
  readonly #idle: Connection[] = [];
  readonly #open = new Set<Connection>();
  readonly #waiting: Call[] = [];
  /** undici takes a 100 that it did not ask for as the end of the connection. */
  #sendsContinue = false;

  constructor(options: PoolOptions, { protocol, hostname, port }: Origin) {
    const { network } = options;
    this.#options = options;
    this.isPlain = protocol === "http:";
    this.way = wayTo({ protocol, hostname: hostname.replaceAll(/[[\]]/g, ""), port }, network.proxies);
    this.explain = explainer(this.isPlain, this.way);
    const host = this.way.hostname.includes(":") ? `[${this.way.hostname}]` : this.way.hostname;
    this.url = `${this.way.protocol}//${host}${this.way.port === "" ? "" : `:${this.way.port}`}`;
    this.connect = connectorOf(this.way, network);
  }

  send(request: WholeRequest): Promise<WholeAnswer> {
    if (this.#sendsContinue) return sendOtherwise(this.#options.others, request);
    return new Promise((answered, failed) => {
      this.#begin(new Call(this, request, answered, failed));
    });
  }

  #begin(call: Call): void {
    if (this.#idle.length > 0) this.#idle.pop()?.begin(call);
    else if (this.#open.size >= this.#options.maxSockets) this.#waiting.push(call);
    else this.#opened().begin(call);
  }

  #opened(): Connection {
    const connection = new Connection(this);
    this.#open.add(connection);
    return connection;
  }

  /** Takes a connection back whose answer is complete. */
  release(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else connection.begin(next);
  }

  /** Closes a connection that is of no further use. */
  drop(connection: Connection, error: Error): void {
    this.#open.delete(connection);
    connection.close(error);
    if (error.message === "bad response") this.#sendsContinue = true;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#begin(next);
  }

  close(): void {
    for (const call of this.#waiting.splice(0)) call.onError(closedEarly());
    for (const connection of this.#open) connection.close(closedEarly());
    this.#open.clear();
  }
}

async function sendOtherwise(others: Transport, request: WholeRequest): Promise<WholeAnswer> {
  const answer = await others.send({ ...request, headers: writeWireHeaders(request.headers) });
  return { status: answer.status, headers: readWireHeaders(answer.headers), bytes: await answer.whole() };
}

/** One connection at a time: undici opens it, and opens it again if the server closed it between two calls. */
class Connection {
  readonly #pool: Pool;
  readonly #client: Client;
  #opening: Closable | undefined;
  #call: Call | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looksAt = Number.POSITIVE_INFINITY;

  constructor(pool: Pool) {
    this.#pool = pool;
    const hold = (opening: Closable) => {
      this.#opening = opening;
    };
    this.#client = new Client(pool.url, {
      connect: (options, callback) => pool.connect(options, callback, hold),
      maxHeaderSize: HEADER_BYTES,
      // Calls have limits of their own.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  begin(call: Call): void {
    call.connection = this;
    this.#call = call;
    const { method, path, headers: given, body } = call.request;
    const { pathPrefix, headers: ofProxy } = this.#pool.way;
    const headers = flatWireHeaders(given);
    for (const name of Object.keys(ofProxy)) headers.push(name, ofProxy[name] ?? "");
    this.#client.dispatch(
      {
        method,
        path: pathPrefix + path,
        headers,
        body: body ?? null,
        // Otherwise undici closes the connection after every HEAD.
        reset: false,
      },
      call,
    );
  }

  /** Looks at the time of its call at this moment or earlier. One timer serves many calls. */
  lookAt(ms: number): void {
    if (this.#looksAt <= ms) return;
    clearTimeout(this.#timer);
    this.#looksAt = ms;
    // The socket of a call keeps the process alive.
    this.#timer = setTimeout(look, Math.ceil(ms - performance.now()), this).unref();
  }

  look(): void {
    this.#looksAt = Number.POSITIVE_INFINITY;
    this.#call?.lookAtTime(false);
  }

  close(error: Error): void {
    clearTimeout(this.#timer);
    this.#opening?.destroy();
    this.#client.destroy(error, () => undefined);
  }
}

function look(connection: Connection): void {
  connection.look();
}

/** One request and its answer. */
class Call implements Dispatcher.DispatchHandler {
  connection: Connection | undefined;
  readonly request: WholeRequest;
  readonly #pool: Pool;
  readonly #answered: (answer: WholeAnswer) => void;
  readonly #failed: (error: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #headers: WholeAnswer["headers"] = {};
  #bytes = 0;
  #isSettled = false;
  #sentAt = 0;
  #heardAt = 0;

  constructor(
    pool: Pool,
    request: WholeRequest,
    answered: (answer: WholeAnswer) => void,
    failed: (error: unknown) => void,
  ) {
    this.#pool = pool;
    this.request = request;
    this.#answered = answered;
    this.#failed = failed;
  }

  /** The connection is established: waiting for it does not count. */
  onConnect(): void {
    this.#sentAt = performance.now();
    this.#heardAt = this.#sentAt;
    this.lookAtTime(false);
  }

  onHeaders(status: number, raw: Buffer[]): boolean {
    if (this.#isSettled) return true;
    if (status === 101) this.#fail(strangeAnswer(status));
    if (status < 200) return true;
    this.#heardAt = performance.now();
    this.#status = status;
    this.#headers = readRawHeaders(raw);
    const refusal = refusalOf({ statusCode: status, headers: this.#headers }, this.#pool.isPlain, this.#pool.way);
    if (refusal !== undefined) this.#fail(refusal);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#isSettled) return true;
    this.#heardAt = performance.now();
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const { bodyBytes } = this.request.limits;
    const isError = this.#status >= 300;
    if (this.#bytes <= (isError ? ERROR_BYTES : bodyBytes)) return true;
    // The beginning of an error contains its code.
    if (isError) this.#succeed(Buffer.concat(this.#chunks).subarray(0, ERROR_BYTES));
    this.#fail(tooLarge(bodyBytes));
    return true;
  }

  onComplete(): void {
    if (this.#isSettled) return;
    const [first, ...further] = this.#chunks;
    const bytes = first !== undefined && further.length === 0 ? first : Buffer.concat(this.#chunks);
    if (this.connection) this.#pool.release(this.connection);
    this.#succeed(bytes);
  }

  onError(error: Error): void {
    if (!this.#isSettled) this.#fail(error);
  }

  /** Gives up if the answer takes too long to begin, falls silent, or does not end. */
  lookAtTime(hasRead: boolean): void {
    if (this.#isSettled) return;
    const { answerMs, callMs } = this.request.limits;
    const silentAt = this.#heardAt + answerMs;
    const endsAt = this.#sentAt + callMs;
    const dueAt = Math.min(silentAt, endsAt);
    if (dueAt > performance.now()) this.connection?.lookAt(dueAt);
    // If this process stalled, the answer may have come and not be read yet.
    else if (!hasRead) setImmediate(lookAtTime, this, true);
    else if (silentAt <= endsAt) this.#fail(transportError("ETIMEDOUT", `no answer for ${answerMs / 1000} s`));
    else this.#fail(transportError("ETIMEDOUT", `not finished within ${callMs / 1000} s`));
  }

  #succeed(bytes: Buffer): void {
    this.#settle();
    const problem = this.#pool.isPlain && this.#status === 400 ? plainToTls(bytes.toString("latin1")) : undefined;
    if (problem === undefined) this.#answered({ status: this.#status, headers: this.#headers, bytes });
    else this.#failed(problem);
  }

  #fail(error: Error): void {
    this.#settle();
    this.#drop(error);
    this.#failed(this.#pool.explain(likeOfSockets(error)));
  }

  #settle(): void {
    this.#isSettled = true;
  }

  #drop(error: Error): void {
    if (this.connection) this.#pool.drop(this.connection, error);
  }
}

const lookAtTime = (call: Call, hasRead: boolean) => call.lookAtTime(hasRead);
