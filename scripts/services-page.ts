/**
 * Writes the page of services from what is in the stock configuration: filters' own comments and options, sample logs, jails.
 * Reads no files; `scripts/services.ts` does.
 * @module
 */
import { filterNameOf, readSamples, type SampleLog } from "../src/filter/sample-log.ts";

export interface ServiceJail {
  readonly name: string;
  readonly filter: string;
  readonly ports: readonly string[];
  readonly logs: readonly string[];
}

export interface ServiceSources {
  /** text of each filter's file, by its name */
  readonly filters: ReadonlyMap<string, string>;
  /** text of each sample log, by its path from the top of the repository */
  readonly samples: ReadonlyMap<string, string>;
  readonly jails: readonly ServiceJail[];
}

interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly comment: readonly string[];
}

interface FilterFile {
  readonly name: string;
  /** the first paragraph of the comment at its top */
  readonly about: string;
  /** the file that it builds on */
  readonly before: string | undefined;
  readonly parameters: readonly Parameter[];
}

interface Sampled {
  readonly path: string;
  readonly logs: readonly SampleLog[];
}

/** Options of every filter, not of one. */
const STANDARD = new Set(
  "failregex ignoreregex prefregex maxlines datepattern journalmatch usedns before after".split(" "),
);
/** Options that are for operators though they begin with an underscore, where the file says what they are. */
const OPEN = new Set(["_daemon", "_jailname", "_ttys_re"]);
const isTold = (name: string, comment: readonly string[]): boolean => OPEN.has(name) && comment.length > 0;
/** Most example lines of a service. */
const EXAMPLES = 4;
const VALUE_CHARS = 60;
const LINE_CHARS = 220;

const isFragment = (name: string): boolean => /(?:^|-)common$/.test(name);
const cut = (text: string, chars: number): string =>
  text.length > chars ? `${text.slice(0, chars - 1)}…` : text;
/** Running text in Markdown: what would be a tag or emphasis is text, but between backticks it is already. */
const prose = (text: string): string =>
  text
    .split("`")
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[<*]/g, "\\$&")))
    .join("`");
/** A cell of a table. */
const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (text: string): string => (text === "" ? "(empty)" : `\`${cell(cut(text, VALUE_CHARS))}\``);

/** The first paragraph of the comment that a file begins with, in one line; indented lines are examples. */
function aboutOf(text: string): string {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    const [, comment] = /^# ?(.*)$/.exec(line) ?? [];
    if (comment === undefined || comment === "") break;
    if (!comment.startsWith("  ")) lines.push(comment.trim());
  }
  return lines.join(" ");
}

function parametersOf(text: string): readonly Parameter[] {
  const found: Parameter[] = [];
  let section = "";
  let comment: string[] = [];
  for (const line of text.split("\n")) {
    const [, header] = /^\[(.*)\]/.exec(line) ?? [];
    const [, remark] = /^# ?(.*)$/.exec(line) ?? [];
    const [, name = "", value = ""] = /^([\w.-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (remark !== undefined) comment.push(remark);
    else {
      if (header !== undefined) section = header;
      const isOpen = name !== "" && !STANDARD.has(name) && (!name.startsWith("_") || isTold(name, comment));
      if (isOpen && /^(?:DEFAULT|Definition|Init)$/.test(section)) found.push({ name, value, comment });
      comment = [];
    }
  }
  return found;
}

function readFilter(name: string, text: string): FilterFile {
  const [, before] = /^before\s*=\s*(.*?)\.conf\s*$/m.exec(text) ?? [];
  return { name, about: aboutOf(text), before, parameters: parametersOf(text) };
}

function parameterTable(parameters: readonly Parameter[]): readonly string[] {
  if (parameters.length === 0) return [];
  return [
    "",
    "| Parameter | Default | Meaning |",
    "|---|---|---|",
    ...parameters.map(({ name, value, comment }) => {
      // one value a line, as `normal: …`, else running text
      const isList =
        comment.length > 1 && comment.slice(1).every((line) => /^[\w-]+(?: \([^)]*\))?: /.test(line));
      return `| \`${name}\` | ${code(value)} | ${cell(comment.map(prose).join(isList ? "<br>" : " "))} |`;
    }),
  ];
}

/** Failures of the filter as logs show them: the first of each of its modes, then others. */
function examplesOf(logs: readonly SampleLog[]): readonly string[] {
  const matches = logs.flatMap(({ item, samples }) =>
    samples.filter(({ kind }) => kind === "match").map(({ text }) => ({ item, text })),
  );
  const firsts = matches.filter(
    ({ item }, index) => matches.findIndex((other) => other.item === item) === index,
  );
  const texts = [...firsts, ...matches].map(({ text }) => cut(text.trimEnd(), LINE_CHARS));
  // lines that differ in numbers only show the same
  const shapes = texts.map((text) => text.replace(/[\da-f:.]*\d[\da-f:.]*/g, "0"));
  return texts.filter((_, index) => shapes.indexOf(shapes[index] ?? "") === index).slice(0, EXAMPLES);
}

function jailLines(jails: readonly ServiceJail[]): readonly string[] {
  return jails.map(
    ({ name, ports, logs }) =>
      `- jail \`${name}\`: port ${ports.map((port) => `\`${port}\``).join(" and ")}, log ${logs.map((log) => `\`${log}\``).join(", ") || "(the journal)"}`,
  );
}

function sectionOf(filter: FilterFile, jails: readonly ServiceJail[], sampled: readonly Sampled[]): string {
  const logs = sampled.flatMap((file) => file.logs.filter(({ item }) => filterNameOf(item) === filter.name));
  const examples = examplesOf(logs);
  const count = (kind: string): number =>
    logs.flatMap(({ samples }) => samples).filter((sample) => sample.kind === kind).length;
  const paths = sampled
    .filter((file) => file.logs.some(({ item }) => filterNameOf(item) === filter.name))
    .map(({ path }) => `[${path}](../${path})`);
  const others = count("ignore") + count("miss");
  const counts = `${count("match")} ${count("match") === 1 ? "failure" : "failures"}, ${others} ${others === 1 ? "line that is" : "lines that are"} none`;
  return [
    `### ${filter.name}`,
    "",
    prose(filter.about),
    "",
    ...jailLines(jails),
    ...(paths.length === 0 ? ["- no samples"] : [`- samples: ${paths.join(", ")}: ${counts}`]),
    ...(filter.before === undefined ? [] : [`- builds on \`${filter.before}\`, and takes its parameters`]),
    ...parameterTable(filter.parameters),
    ...(examples.length === 0 ? [] : ["", "```", ...examples, "```"]),
  ].join("\n");
}

function overview(filters: readonly FilterFile[], jails: readonly ServiceJail[]): readonly string[] {
  return [
    "| Filter | Service | Jails |",
    "|---|---|---|",
    ...filters.map(({ name, about }) => {
      const [service = ""] = about.split(/: |\. /, 1);
      const names = jails.filter(({ filter }) => filter === name).map((jail) => `\`${jail.name}\``);
      return `| [${name}](#${name}) | ${cell(prose(service.replace(/\.$/, "")))} | ${names.join(", ") || "(of your own)"} |`;
    }),
  ];
}

/** The page as Markdown, with a newline at its end. */
export function servicesPage({ filters, samples, jails }: ServiceSources): string {
  const files = [...filters]
    .map(([name, text]) => readFilter(name, text))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const services = files.filter(({ name }) => !isFragment(name));
  const sampled = [...samples].map(([path, text]) => ({ path, logs: readSamples(text).logs }));
  const sections = services.map((filter) =>
    sectionOf(
      filter,
      jails.filter((jail) => jail.filter === filter.name),
      sampled,
    ),
  );
  const fragments = files
    .filter(({ name, parameters }) => isFragment(name) && parameters.length > 0)
    .map(({ name, about, parameters }) =>
      [`### ${name}`, "", prose(about), ...parameterTable(parameters)].join("\n"),
    );
  return `${[
    "# Services",
    "Written by `npm run services` from `stock/`; do not edit. What gaoler's own configuration knows: each filter with the jails that use it (ports, and logs as Debian has them), its parameters, and lines that it counts as failures. What else it makes of which line stands in its [sample log](samples.md).",
    overview(services, jails).join("\n"),
    "## Filters",
    ...sections,
    "## What filters share",
    "Files that filters build on. Their parameters are set like the filter's own: `filter = sshd[logtype=rfc5424]`.",
    ...fragments,
  ].join("\n\n")}\n`;
}
