// Runs one command line after the other in one process, so that the program is loaded once. A command has ended when
// nothing keeps the process alive any more, as in a process of its own.
import { chdir, env } from "node:process";

const MAIN = new URL("../../dist/cli/main.js", import.meta.url);
const EMITTERS = [process, process.stdout, process.stderr];

let runs = 0;
let listeners = [];

process.on("disconnect", () => process.exit());
process.on("message", ({ args, folder, variables }) => {
  for (const name of Object.keys(env)) delete env[name];
  Object.assign(env, variables);
  chdir(folder);
  process.argv = [process.execPath, MAIN.pathname, ...args];
  process.exitCode = undefined;
  listeners = EMITTERS.map(listenersOf);
  runs += 1;
  import(`${MAIN.href}?run=${runs}`).then(waitForEnd, (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(70);
  });
});

/** Comes after the listeners of the program, which ends the process where its work stopped without an end. */
function waitForEnd() {
  process.once("beforeExit", () => {
    const code = process.exitCode ?? 0;
    process.emit("exit", code);
    EMITTERS.forEach((emitter, index) => {
      removeAdded(emitter, listeners[index]);
    });
    process.channel.ref();
    process.send({ code });
    for (const stream of [process.stdout, process.stderr]) stream.write("\0");
  });
  process.channel.unref();
}

function listenersOf(emitter) {
  return new Map(emitter.eventNames().map((name) => [name, emitter.rawListeners(name)]));
}

function removeAdded(emitter, before) {
  for (const name of emitter.eventNames()) {
    for (const listener of emitter.rawListeners(name)) {
      if (!before.get(name)?.includes(listener)) emitter.off(name, listener);
    }
  }
}
