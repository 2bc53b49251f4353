import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { servicesPage } from "../../../scripts/services-page.ts";
import { stockSources } from "../../../scripts/stock-sources.ts";

const PAGE = join(import.meta.dirname, "../../../docs/services.md");

test("docs/services.md is what stock says; `npm run services` writes it", () => {
  const wanted = servicesPage(stockSources()).split("\n");
  const page = readFileSync(PAGE, "utf8").split("\n");
  // the first line that differs says more than a thousand that do
  const at = wanted.findIndex((line, index) => line !== page[index]);
  expect(at === -1 ? [] : [at + 1, page[at]]).toEqual(at === -1 ? [] : [at + 1, wanted[at]]);
  expect(page).toHaveLength(wanted.length);
});
