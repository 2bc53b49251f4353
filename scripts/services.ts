/**
 * `npm run services`: writes docs/services.md.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { servicesPage } from "./services-page.ts";
import { stockSources } from "./stock-sources.ts";

writeFileSync(join(import.meta.dirname, "../docs/services.md"), servicesPage(stockSources()));
