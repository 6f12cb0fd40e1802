#!/usr/bin/env node
import { CommanderError } from "commander";
import { exitCodeOf } from "./exit-code-of.js";
import { EXIT } from "./exit-codes.js";
import { createProgram } from "./program.js";

// The SDK warns of the end of Node 20 on every start; the README says it once.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
// `bucketseal ... | head` is no failure: what nobody reads is not written.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? commanderExit(error) : exitCodeOf(error);
}

/** commander has printed its own message already. */
function commanderExit(error: CommanderError): number {
  return error.exitCode === 0 ? EXIT.done : EXIT.badUsage;
}
