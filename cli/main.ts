#!/usr/bin/env node
import { runToItsEnd } from "./end-process.js";
import { print, setLogFormat } from "./print/terminal.js";
import { COMMANDS, createProgram } from "./program.js";

// The SDK warns of the end of Node 20 on every start; the README says it once.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
// `bucketseal ... | head` is not a failure: output that nobody reads is dropped.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// Not awaited: runToItsEnd reports work that never settles.
void runToItsEnd(() => runProgram(process.argv.slice(2)));

/** Runs the command that these words name. */
async function runProgram(words: readonly string[]): Promise<void> {
  setLogFormat("text");
  const [first = ""] = words;
  if (first === "complete") return complete(words);
  const program = await createProgram(words);
  const named = COMMANDS.filter(({ name }) => words.includes(name));
  if (named.length > 0) {
    const { refuseMistyped } = await import("./declarations/command-flag.js");
    await refuseMistyped([...named, ...COMMANDS].map(({ declaration }) => declaration));
  }
  await program.parseAsync(parsedWords(words), { from: "user" });
}

/** An unknown command alone, so that it is reported: commander shows the main help for `help migrat` and `migrat --help`. */
function parsedWords(words: readonly string[]): readonly string[] {
  const [first, second] = words;
  const name = first === "help" ? second : first;
  const isKnown = name === undefined || name.startsWith("-") || name === "help";
  return isKnown || COMMANDS.some((command) => command.name === name) ? words : [name];
}

/** Prints what may follow these words, for the scripts of `completion`. */
async function complete(words: readonly string[]): Promise<void> {
  const names = COMMANDS.map(({ name }) => name);
  const program = await createProgram(
    names,
    COMMANDS.filter(({ name }) => name !== "completion"),
  );
  const { default: tab } = await import("@bomb.sh/tab/commander");
  tab(program, { completionCommandName: "completion" });
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => void lines.push(line);
  try {
    await program.parseAsync(words, { from: "user" });
  } finally {
    console.log = log;
  }
  // The last line says whether the shell may complete names of files, which the library never lets it do.
  print(lines.length > 1 ? lines.join("\n") : ":0");
}
