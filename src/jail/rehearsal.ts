/**
 * A jail that has nothing to do makes itself ready for a flood: it takes lines that its log holds, and such as a flood would bring, the way
 * it takes all lines, and bans whom they show, but what comes of it goes nowhere. So the walks over a log's bytes have learnt what stands in
 * it, and V8 has compiled what runs for each line and ban, before an attack needs it. Once after a start or a change, one jail after the
 * other, in short slices, not while lines come; who has lines to take has his turn in between.
 * @module
 */
import { messageOf } from "../base/error-text.ts";
import type { Practice } from "../detect/log-detector.ts";
import type { JailParts } from "./jail-parts.ts";
import type { JailPorts } from "./jail-ports.ts";
import { RehearsedBans } from "./rehearsed-bans.ts";
import { plainLines, RehearsedFlood, strangerOf } from "./rehearsed-lines.ts";

/** A jail has nothing to do when no line came for so long; milliseconds. */
const LULL_MS = 150;
/** All jails together take so long of the processor until one changes; milliseconds. Those that it does not last for stay as they are. */
const TIME_MS = 500;
/** Of a log's end so much is looked at. */
const TAIL_BYTES = 256 * 1024;
/** After a slice others have the process for themselves as long as it took, and so long at least; milliseconds. */
const PAUSE_MS = 5;
/** Failures that are made up before any line was seen, at a time and in all. */
const MADE_UP_AT_ONCE = 10;
const MADE_UP = 1000;
/** A flood ends after so many failures; sooner where another jail has been through one, for only what the lines look like is new then. */
const FLOOD = 4000;
const SHORT_FLOOD = 300;
/** Where a flood was seen, so many lines of a log have taught its walk all that they hold. */
const MANY_LINES = 20_000;

/** What the rehearsals of a process have in common. */
export class RehearsalHall {
  /** processor time that the process has used so far; milliseconds */
  readonly usedMs: () => number;
  /** the last bytes of a log; none if it cannot be read */
  readonly tailOf: (path: string, most: number) => Promise<Uint8Array>;
  leftMs = TIME_MS;
  /** a flood was rehearsed to its end */
  hasSeenFlood = false;
  #last: Promise<void> = Promise.resolve();

  constructor(ports: Pick<RehearsalHall, "usedMs" | "tailOf">) {
    this.usedMs = ports.usedMs;
    this.tailOf = ports.tailOf;
  }

  /** Does something once those before are done, or have failed. */
  inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** There is something new to rehearse. */
  renew(): void {
    this.leftMs = TIME_MS;
  }
}

export interface RehearsalOptions {
  readonly ports: JailPorts;
  readonly hall: RehearsalHall;
  /** the parts as they are now */
  parts(): JailParts;
  /** monitored files */
  paths(): readonly string[];
  /** failures counted since the jail was made */
  failures(): number;
  /** lines seen since its filter was built */
  lines(): number;
  /** as the jail's detector does it */
  practise(bytes: Uint8Array, practice: Practice): number;
}

export class Rehearsal {
  readonly #options: RehearsalOptions;
  #timer: NodeJS.Timeout | undefined;
  #isUnderWay = false;
  #isClosed = false;
  #isDone = false;
  #hasMadeUp = false;
  /** counts what came, and where it stood at the last try */
  #came = 0;
  #triedAt = -1;
  /** failures of the parts before these */
  #failuresBefore = 0;

  constructor(options: RehearsalOptions) {
    this.#options = options;
  }

  /** Lines are taken: it is put off. */
  linesCame(): void {
    this.#came += 1;
  }

  /** All lines there are were taken. */
  linesEnded(): void {
    if (this.#isDone || this.#isClosed || this.#isUnderWay || this.#triedAt === this.#came) return;
    if (this.#options.hall.leftMs <= 0 || this.#needsNone()) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#begin(), LULL_MS);
    this.#timer.unref();
  }

  /** The jail's parts are others. */
  renew(): void {
    this.#options.hall.renew();
    this.#failuresBefore = this.#options.failures();
    this.#isDone = false;
    this.#triedAt = -1;
    this.linesEnded();
  }

  /** No more of it. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** What was read has done what a rehearsal would do. */
  #needsNone(): boolean {
    const { hall, failures, lines } = this.#options;
    if (failures() - this.#failuresBefore >= FLOOD) {
      hall.hasSeenFlood = true;
      this.#isDone = true;
    }
    this.#isDone ||= hall.hasSeenFlood && lines() >= MANY_LINES;
    return this.#isDone;
  }

  async #begin(): Promise<void> {
    this.#isUnderWay = true;
    try {
      await this.#options.hall.inTurn(() => this.#rehearse());
    } catch (error) {
      // whatever it is, a jail does without
      this.#isDone = true;
      const { ports, parts } = this.#options;
      const text = `[${parts().settings.name}] could not make itself ready for a flood: ${messageOf(error)}`;
      ports.observe({ type: "message", level: "INFO", logger: "jail", text });
    }
    this.#isUnderWay = false;
    this.linesEnded();
  }

  async #rehearse(): Promise<void> {
    const { hall, ports, parts } = this.#options;
    if (this.#isClosed || hall.leftMs <= 0) return;
    if (this.#needsNone()) return;
    const came = this.#came;
    this.#triedAt = came;
    const begunMs = hall.usedMs();
    const tail = plainLines(await this.#tail());
    const bans = new RehearsedBans(parts(), ports);
    const place = ports.readingTurns.join();
    const steps = this.#steps(tail, bans);
    const goesOn = (): boolean =>
      !this.#isClosed && this.#came === came && hall.usedMs() - begunMs < hall.leftMs;
    let isOver = false;
    try {
      while (!isOver && goesOn()) {
        await place.next();
        if (!goesOn()) break;
        const begunAt = performance.now();
        isOver = place.work(() => steps.next().done === true);
        await pause(Math.max(PAUSE_MS, performance.now() - begunAt));
      }
    } finally {
      place.leave();
      bans.end();
    }
    hall.leftMs -= hall.usedMs() - begunMs;
    this.#isDone = hall.leftMs <= 0 || (isOver && tail.length > 0);
  }

  async #tail(): Promise<Uint8Array> {
    const [path] = this.#options.paths();
    return path === undefined ? new Uint8Array() : await this.#options.hall.tailOf(path, TAIL_BYTES);
  }

  /** A slice between two yields. */
  *#steps(tail: Buffer, bans: RehearsedBans): Generator<undefined, void> {
    const { hall } = this.#options;
    while (!this.#hasMadeUp && !hall.hasSeenFlood && bans.taken < MADE_UP) {
      for (let count = 0; count < MADE_UP_AT_ONCE; count++) this.#makeUp(bans);
      bans.sliceTaken();
      yield;
    }
    this.#hasMadeUp = true;
    const flood = new RehearsedFlood();
    for (let at = 0; at < tail.length; ) {
      const taken = this.#practise(tail.subarray(at), bans, flood);
      if (taken === 0) return;
      at += taken;
      bans.sliceTaken();
      yield;
    }
    const most = bans.taken + (hall.hasSeenFlood ? SHORT_FLOOD : FLOOD);
    for (let lines = flood.next(); lines.length > 0 && bans.taken < most; ) {
      const taken = this.#practise(lines, bans);
      if (taken === 0) return;
      lines = taken < lines.length ? lines.subarray(taken) : flood.next();
      yield;
    }
    hall.hasSeenFlood ||= bans.taken >= most;
  }

  /** @param flood is to be like what is found */
  #practise(lines: Buffer, bans: RehearsedBans, flood?: RehearsedFlood): number {
    let start = 0;
    return this.#options.practise(lines, {
      begins: (behind) => {
        start = behind;
      },
      found: (failure) => {
        const end = lines.indexOf("\n", start) + 1;
        flood?.see(lines.toString("latin1", start, end), failure.id);
        bans.take(failure);
      },
    });
  }

  #makeUp(bans: RehearsedBans): void {
    bans.take({
      id: strangerOf(bans.taken >> 1),
      host: undefined,
      ip: undefined,
      at: this.#options.ports.clock.now(),
      matches: [["", "", "rehearsal"]],
      data: new Map([["user", "rehearsal"]]),
      regexIndex: 0,
    });
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
