import pc from "picocolors";
import { visibleText } from "../../migrate/report/visible-text.js";

const { createColors } = pc;
const wanted = !process.env.NO_COLOR;

/** Colours of stdout and of stderr, each off where it is no terminal. */
export const onStdout = createColors(wanted && process.stdout.isTTY);
export const onStderr = createColors(wanted && process.stderr.isTTY);

/** A result, on stdout. */
export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** Progress, on stderr. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function warn(warning: string): void {
  note(`${onStderr.yellow("warning:")} ${visibleText(warning)}`);
}

/** One line a problem, on stderr. */
export function printErrors(problems: readonly string[]): void {
  for (const problem of problems) note(`${onStderr.red("error:")} ${visibleText(problem)}`);
}
