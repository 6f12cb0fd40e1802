// `npm run cli-page`: writes docs/cli.md anew after a change of a command or an option.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type CommandFlag, variableOf } from "../../cli/declarations/command-flag.js";
import type { CommandDeclaration } from "../../cli/declarations/declare-command.js";
import { EXIT_WORDS } from "../../cli/exit-codes.js";
import { wrap } from "../../cli/print/terminal.js";
import { COMMANDS, CREDENTIALS, createProgram } from "../../cli/program.js";
import { defaultWords } from "../../migrate/options/declaration.js";

export const CLI_PAGE = new URL("../../docs/cli.md", import.meta.url);

const INTRODUCTION = `# Commands and options

\`npm run cli-page\` generates this page from the declarations of the commands.
\`bucketseal COMMAND --help\` prints the same.`;

const VARIABLES =
  "Each option can also be set by the variable beside it. The option wins. [environment.md](environment.md) has the rules, and the AWS variables that name the store.";

const RESUMED = `The last column says what \`--resume\` accepts for an option:

- may change: the resumed run uses the new value.
- same store: give the store again, in any form that resolves to the run's endpoint and region.
- fixed: the run keeps its first value and refuses another one.`;

const WORDS_ON_RESUME = { renewed: "may change", compared: "same store" } as const;

/** The text of docs/cli.md: every command as it is declared. */
export async function cliPage(): Promise<string> {
  const opening = [INTRODUCTION, inLines(CREDENTIALS), inLines(VARIABLES), "## Exit codes", codeList(EXIT_WORDS)];
  const { commands } = await createProgram(COMMANDS.map(({ name }) => name));
  const sections = COMMANDS.map(async (outlined, index) =>
    commandSection(outlined, await outlined.declaration(), commands[index]?.usage() ?? ""),
  );
  return `${[...opening, ...(await Promise.all(sections))].join("\n\n")}\n`;
}

function commandSection(
  { name, description, words }: (typeof COMMANDS)[number],
  declared: CommandDeclaration,
  usage: string,
): string {
  const { notes, exitCodes, examples, closing } = declared;
  const parts = [
    `## ${name}`,
    description,
    fenced(`bucketseal ${name} ${usage}`, "text"),
    Object.entries(words)
      .map(([word, help]) => `- \`${word}\`: ${escaped(help)}`)
      .join("\n"),
    isRun(declared) ? RESUMED : "",
    ...optionTables(declared),
    inLines(notes ?? ""),
    exitCodes === undefined ? "" : `Exit codes:\n\n${codeList(exitCodes)}`,
    fenced(examples.replaceAll(/^ {2}/gm, ""), "bash"),
    inLines(closing ?? ""),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function isRun({ options }: CommandDeclaration): boolean {
  return "resume" in options;
}

function optionTables(declared: CommandDeclaration): string[] {
  const options = Object.values(declared.options);
  const groups = [...new Set(options.map(({ group }) => group))];
  const columns = ["option", "variable", "what it does", "default", ...(isRun(declared) ? ["resumed run"] : [])];
  return groups.map((group) => {
    const rows = options.filter((option) => option.group === group).flatMap((option) => rowsOf(option, columns.length));
    const table = [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
    return [...(group === undefined ? [] : [`**${group}**\n`]), ...table].join("\n");
  });
}

function rowsOf(option: CommandFlag, columns: number): string[][] {
  const { flag, short, alias, help, helpOfNo, required, choices, preset } = option;
  const said = [help, ...(choices === undefined ? [] : [`one of ${choices.join(", ")}`])].map(escaped).join(": ");
  const byDefault = required ? "required" : (preset ?? defaultWords(option) ?? "");
  const spelling = [flag, short, alias].flatMap((one) => (one === undefined ? [] : [`\`${one}\``])).join(", ");
  const row = [spelling, `\`${variableOf(option)}\``, said, escaped(byDefault), onResume(option)];
  const rowOfNo = [`\`${flag.replace("--", "--no-")}\``, "", escaped(helpOfNo ?? ""), "", onResume(option)];
  return [row, ...(helpOfNo === undefined ? [] : [rowOfNo])].map((cells) => cells.slice(0, columns));
}

/** Options of the command alone are given anew each time; `--out` and `--resume` are how a run is resumed. */
function onResume({ schema, onResume: how, recorded }: CommandFlag): string {
  if (schema === undefined) return WORDS_ON_RESUME.renewed;
  if (how !== undefined) return WORDS_ON_RESUME[how];
  return recorded === false ? "" : "fixed";
}

function codeList(codes: Readonly<Record<number, string>>): string {
  const rows = Object.entries(codes).map(([code, words]) => `| ${code} | ${escaped(onOneLine(words))} |`);
  return ["| code | meaning |", "|---|---|", ...rows].join("\n");
}

function fenced(text: string, language: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** Prose, as on the other pages. */
function inLines(text: string): string {
  return wrap(onOneLine(text), { columns: 100 });
}

function onOneLine(text: string): string {
  return text.replaceAll("\n", " ");
}

function escaped(text: string): string {
  return text.replaceAll(/[|*<]/g, "\\$&");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(CLI_PAGE, await cliPage());
