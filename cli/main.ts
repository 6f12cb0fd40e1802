#!/usr/bin/env node
import { runToItsEnd } from "./end-process.js";
import { createProgram } from "./program.js";

// The SDK warns of the end of Node 20 on every start; the README says it once.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
// `bucketseal ... | head` is no failure: what nobody reads is not written.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// Not awaited: what never settles has words of its own.
void runToItsEnd(async () => {
  await createProgram().parseAsync();
});
