/**
 * The logs of a run: each is made when it is first wanted.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { accessLog } from "./access-log.ts";
import { apacheErrorLog } from "./apache-error-log.ts";
import { attackedAuthLog, ordinaryAuthLog } from "./auth-log.ts";
import { writeCorpus } from "./corpus.ts";
import { ftpLog } from "./ftp-log.ts";
import { swarmLog } from "./swarm-log.ts";

const CORPORA = [ordinaryAuthLog, attackedAuthLog, apacheErrorLog, accessLog, ftpLog, swarmLog];

/** @returns what makes a log in that folder and says where it is */
export function corpusStore(folder: string): (name: string, lines: number) => Promise<string> {
  return async (name, lines) => {
    const corpus = CORPORA.find((one) => one.name === name);
    if (corpus === undefined) throw new Error(`there is no log ${name}`);
    const path = join(folder, `${name}-${lines}.log`);
    // of today, as a log is: no stamp of it is ahead
    if (!existsSync(path)) await writeCorpus(path, corpus, lines, Date.now());
    return path;
  };
}
