// The stub store in a process of its own: prints its endpoint, and answers GET /-/counts and GET /-/reset with what it counted.
//   npx tsx bench/stub-server.ts --keys 20000 [--layout flat|nested|spread] [--latency MS] [--ceiling REQUESTS_A_SECOND]
//     [--acls owner|differing|off]
// Credentials: those of the sandbox. AWS_ACCESS_KEY_ID=SANDBOXKEY AWS_SECRET_ACCESS_KEY=sandbox-secret-for-this-machine-only
import { parseArgs } from "node:util";
import type { StubOptions } from "./stub/answer-request.js";
import { KEY_LAYOUTS } from "./stub/key-space.js";
import { startStub } from "./stub/start-stub.js";

const { values } = parseArgs({
  options: {
    keys: { type: "string", default: "20000" },
    layout: { type: "string", default: "flat" },
    latency: { type: "string", default: "0" },
    ceiling: { type: "string" },
    acls: { type: "string", default: "owner" },
  },
});

const options: StubOptions = {
  keys: amount("keys", values.keys),
  layout: oneOf("layout", values.layout, KEY_LAYOUTS),
  latencyMs: amount("latency", values.latency),
  ...(values.ceiling === undefined ? {} : { ceiling: amount("ceiling", values.ceiling) }),
  acls: oneOf("acls", values.acls, ["owner", "differing", "off"] as const),
};
const stub = await startStub(options);
process.stdout.write(`${stub.endpoint}\n`);
// A bench that started it takes it along when it ends, however it ends.
process.on("disconnect", () => process.exit());

function amount(name: string, text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`--${name} is "${text}", but must be a whole number`);
}

function oneOf<Name extends string>(name: string, text: string, allowed: readonly Name[]): Name {
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new Error(`--${name} is "${text}", but must be one of ${allowed.join(", ")}`);
}
