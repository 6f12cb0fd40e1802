import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import { visibleText } from "../../migrate/model/text.js";

const { createColors } = pc;
const wanted = !process.env.NO_COLOR;

/** The colours of stdout and stderr, each off unless it is a terminal. */
export const onStdout = createColors(wanted && process.stdout.isTTY);
export const onStderr = createColors(wanted && process.stderr.isTTY);

const INDENT = "  ";
/** Control characters that JSON may contain unescaped and a terminal obeys. */
const OBEYED = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Prints a result on stdout. */
export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Prints sentences under a result, on stdout. */
export function printBelow(text: string): void {
  const { columns } = process.stdout;
  print(onStdout.dim(INDENT + wrap(text, { columns, taken: INDENT.length, indent: INDENT })));
}

export function printJson(value: unknown): void {
  print(jsonLine(value));
}

function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(OBEYED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Resolves once stdout accepts more, so unread output does not pile up in memory. */
export async function drained(): Promise<void> {
  const { stdout } = process;
  if (!stdout.writableNeedDrain || stdout.destroyed) return;
  await new Promise<void>((resolve) => {
    const ended = () => {
      stdout.off("drain", ended).off("close", ended).off("error", ended);
      resolve();
    };
    stdout.on("drain", ended).on("close", ended).on("error", ended);
  });
}

export type LogLevel = "debug" | "info" | "warning" | "error";
export type LogFormat = "text" | "json";

const log: { format: LogFormat } = { format: "text" };

/** How stderr is written from now on. */
export function setLogFormat(format: LogFormat): void {
  log.format = format;
}

/** Writes a line on stderr. As JSON it has a time, a level and the fields of an event; as text an event has the first two. */
export function logLine(level: LogLevel, words: string, event?: object): void {
  const time = new Date().toISOString();
  const message = () => stripVTControlCharacters(words).replaceAll(/\s*\n\s*/g, " ");
  const asText = () => (event === undefined ? words : `${time} ${level} ${words}`);
  process.stderr.write(
    `${log.format === "json" ? jsonLine({ time, level, message: message(), ...event }) : asText()}\n`,
  );
}

/** Prints progress on stderr. */
export function note(line: string): void {
  logLine("info", line);
}

/** Prints a labelled message on stderr, made safe to show. */
function say(label: "warning" | "error", paint: (text: string) => string, message: string): void {
  if (log.format === "json") {
    logLine(label, message);
    return;
  }
  const { columns } = process.stderr;
  note(`${paint(`${label}:`)} ${wrap(visibleText(message), { columns, taken: label.length + 2, indent: INDENT })}`);
}

export function warn(warning: string): void {
  say("warning", onStderr.yellow, warning);
}

/** Prints one message per problem on stderr. */
export function printErrors(problems: readonly string[]): void {
  for (const problem of problems) say("error", onStderr.red, problem);
}

interface WrapOptions {
  /** The width of the terminal; `undefined` if there is none, and then nothing is wrapped. */
  readonly columns: number | undefined;
  /** Columns of the first line that are used already. */
  readonly taken?: number;
  /** The beginning of the second and later lines. */
  readonly indent?: string;
}

/** Breaks a text between words at the width of the terminal. A word that is longer gets its own line. */
export function wrap(text: string, { columns, taken = 0, indent = "" }: WrapOptions): string {
  if (columns === undefined) return text;
  const lines: string[] = [];
  let line = "";
  let room = columns - taken;
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= room || line === "") {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
    room = columns - indent.length;
  }
  return [...lines, line].join(`\n${indent}`);
}

/** Quotes a text as one word of a shell command. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
