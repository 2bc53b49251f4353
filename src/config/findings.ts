/**
 * Collects what comes up while a configuration is read, twice over: as diagnostics for people, and as the notes that fail2ban
 * would have logged, in its order, for the compatible face. Prints nothing.
 * @module
 */
import type { Diagnostic, Origin } from "../base/diagnostic.ts";
import type { Level } from "../base/event.ts";

/** Names of fail2ban's loggers for configuration (without `fail2ban.`; empty: the program's own). */
export type ConfigLogger =
  | ""
  | "configreader"
  | "configparserinc"
  | "filterreader"
  | "actionreader"
  | "jailreader"
  | "jailsreader"
  | "fail2banreader";

/**
 * A line that fail2ban logs, or a point where it may give up: always (`fatal`; `early-fatal` while it still reads its own
 * options), where a bad jail is not skipped, where logs must be there.
 */
export type LoadNote =
  | { readonly kind: "log"; readonly level: Level; readonly logger: ConfigLogger; readonly text: string }
  | { readonly kind: "bad-jail"; readonly jail: string }
  | { readonly kind: "fatal" | "early-fatal"; readonly text: string }
  | {
      readonly kind: "missing-logs";
      readonly jail: string;
      readonly text: string;
      readonly skipped: boolean;
    };

/** A mistake in a value: fail2ban's wording and the place. */
export class ConfigMistake {
  readonly message: string;
  readonly origin: Origin | undefined;
  readonly remedy: string | undefined;

  constructor(message: string, origin?: Origin, remedy?: string) {
    this.message = message;
    this.origin = origin;
    this.remedy = remedy;
  }
}

/** Most diagnostics kept of one load; more say nothing new. */
const MAX_DIAGNOSTICS = 5_000;
/** Most jails named with one mistake. */
const MAX_JAILS_NAMED = 200;

export class Findings {
  readonly #notes: LoadNote[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  /** by what and where: the same mistake seen by several jails is told once, with all their names */
  readonly #places = new Map<string, number>();
  #isMuted = false;
  #isEarly = true;

  get notes(): readonly LoadNote[] {
    return this.#notes;
  }

  /** Whether fail2ban would say nothing at this point. */
  get isMuted(): boolean {
    return this.#isMuted;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }

  /** Text of the first mistake that makes fail2ban refuse the whole configuration. */
  get fatal(): string | undefined {
    return this.#notes.find(isFatal)?.text;
  }

  note(note: LoadNote): void {
    if (!this.#isMuted) this.#notes.push(note);
  }

  log(level: Level, logger: ConfigLogger, text: string): void {
    this.note({ kind: "log", level, logger, text });
  }

  /** From here on fail2ban would have said nothing more, because it had left the jail; diagnostics go on. */
  mute(isMuted: boolean): void {
    this.#isMuted = isMuted;
  }

  /** From here on every mistake is one after the server's own options are known. */
  leaveEarlyPhase(): void {
    this.#isEarly = false;
  }

  /** Adds a diagnostic; one that is there for another jail gets that jail's name too. */
  report(diagnostic: Diagnostic): void {
    const { severity, message, origin, jail } = diagnostic;
    const key = JSON.stringify([severity, message, origin?.file, origin?.line, origin?.column]);
    const place = this.#places.get(key);
    const before = place === undefined ? undefined : this.#diagnostics[place];
    if (place === undefined || before === undefined) {
      if (this.#diagnostics.length >= MAX_DIAGNOSTICS) return;
      this.#places.set(key, this.#diagnostics.length);
      this.#diagnostics.push(diagnostic);
      return;
    }
    const names = before.jail?.split(", ") ?? [];
    if (jail === undefined || names.includes(jail) || names.length >= MAX_JAILS_NAMED) return;
    this.#diagnostics[place] = { ...before, jail: [...names, jail].join(", ") };
  }

  /** fail2ban gives up altogether. */
  giveUp(text: string): void {
    this.note({ kind: this.#isEarly ? "early-fatal" : "fatal", text });
  }

  /** A mistake for which fail2ban gives up altogether. */
  fatalMistake(mistake: ConfigMistake, consequence: string, jail?: string): void {
    this.giveUp(mistake.message);
    this.report({
      severity: "error",
      message: onOneLine(mistake.message),
      consequence,
      ...(mistake.origin && { origin: mistake.origin }),
      ...(mistake.remedy !== undefined && { remedy: mistake.remedy }),
      ...(jail !== undefined && { jail }),
    });
  }
}

function isFatal(note: LoadNote): note is Extract<LoadNote, { kind: "fatal" | "early-fatal" }> {
  return note.kind === "fatal" || note.kind === "early-fatal";
}

function onOneLine(text: string): string {
  return text.replace(/\n\s*/g, " ");
}
