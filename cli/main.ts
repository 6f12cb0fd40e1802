#!/usr/bin/env node
import { runToItsEnd } from "./end-process.js";
import { createProgram } from "./program.js";

// The SDK warns of the end of Node 20 on every start; the README says it once.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
// `bucketseal ... | head` is not a failure: output that nobody reads is dropped.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// Not awaited: runToItsEnd reports work that never settles.
void runToItsEnd(async () => {
  const program = await createProgram(process.argv.slice(2));
  await program.parseAsync();
});
