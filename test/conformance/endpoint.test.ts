import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Endpoint, endpointOfEnvironment, NO_ENDPOINT } from "../endpoint/witness.js";
import { checkS3 } from "./suite/index.js";
import { type Check, checkOn, connect, type Target } from "./target.js";

const endpoint = endpointOfEnvironment();
/** `npm run test:server` names what a server does otherwise instead of failing: it is about bucketseal, not about the server. */
const naming = process.env.BUCKETSEAL_TEST_DIFFERENCES === "named";

function checkEndpoint(server: Endpoint): void {
  let target: Target;
  let [same, different] = [0, 0];
  const checkNaming: Check = (title, run) =>
    test(title, async (context) => {
      try {
        await run(target);
        same += 1;
      } catch (error) {
        const difference = differenceIn(error);
        if (difference === undefined) throw error;
        different += 1;
        Object.assign(context.task.meta, { detail: difference });
        context.skip(`the server does otherwise: ${difference}`);
      }
    });
  beforeAll(() => {
    target = connect(server);
  });
  afterAll(() => target.clean());
  checkS3(naming ? checkNaming : checkOn(() => target, {}));
  if (naming) {
    test("answers most of the suite as S3 does", () => expect(same).toBeGreaterThan(different));
  }
}

/** The expected answer and the actual one, in one line; undefined for an error that is no answer of the server, such as a lost connection. */
function differenceIn(error: unknown): string | undefined {
  const { name, message, code, $metadata } = error as Error & {
    readonly code?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  // Such as bytes after a 304, which has no body: the next answer on that connection cannot be read.
  if (code?.startsWith("HPE_")) return `an answer that is no HTTP: ${message}`;
  const status = $metadata?.httpStatusCode;
  if (name !== "AssertionError" && status === undefined && !message.startsWith("the call was expected"))
    return undefined;
  const line = message.split("\n")[0] ?? "";
  return status === undefined ? line : `${status} ${name}: ${line}`;
}

describe("an endpoint from the environment", () => {
  if (endpoint === undefined) {
    test.skip(`passes the conformance suite (skipped: ${NO_ENDPOINT})`, () => undefined);
  } else {
    checkEndpoint(endpoint);
  }
});
