/**
 * What is in the stock configuration, for the page of services.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withFile } from "../src/cli/virtual-file.ts";
import type { ConfigFiles } from "../src/config/config-files.ts";
import { foldConfiguration } from "../src/config/fold.ts";
import { loadConfiguration } from "../src/config/load.ts";
import { nodeConfigFiles } from "../src/exec/config-files.ts";
import { filterNameOf } from "../src/filter/sample-log.ts";
import type { ServiceJail, ServiceSources } from "./services-page.ts";

const ROOT = join(import.meta.dirname, "..");
const STOCK = join(ROOT, "stock");
const SAMPLES = "stock/samples";

/** Any action: the page is about ports, not about what is done to them. */
const ACTION = "[Definition]\nactionban = true\n";
const isAction = (path: string): boolean => /\/action\.d\/[^/*]*\.conf$/.test(path);
const FILES: ConfigFiles = {
  ...nodeConfigFiles,
  readText: (path) => (isAction(path) ? { text: ACTION } : nodeConfigFiles.readText(path)),
  kind: (path) => (isAction(path) ? "file" : nodeConfigFiles.kind(path)),
};

/** The stock jails, all enabled. Settings do not name a jail's filter, so an option that no stock jail sets carries it here. */
function readJails(): readonly ServiceJail[] {
  const local = join(STOCK, "jail.d", "all.local");
  const files = withFile(FILES, local, "[DEFAULT]\nenabled = true\nignorecache = %(filter)s\n");
  const { jails } = foldConfiguration(loadConfiguration({ files, baseDir: STOCK }));
  return jails.map(({ name, actions, logpaths, ignorecache = "" }) => ({
    name,
    filter: filterNameOf(ignorecache),
    ports: [...new Set(actions.map(({ properties }) => String(properties.get("port") ?? "")))],
    logs: logpaths.map(({ pattern }) => pattern),
  }));
}

function textsOf(folder: string, ending: string): ReadonlyMap<string, string> {
  const files = readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(ending))
    .sort();
  return new Map(files.map((name) => [name, readFileSync(join(ROOT, folder, name), "utf8")]));
}

export function stockSources(): ServiceSources {
  const filters = [...textsOf("stock/filter.d", ".conf")].map(
    ([name, text]) => [name.slice(0, -".conf".length), text] as const,
  );
  const samples = [...textsOf(SAMPLES, ".log")].map(([name, text]) => [`${SAMPLES}/${name}`, text] as const);
  return { filters: new Map(filters), samples: new Map(samples), jails: readJails() };
}
