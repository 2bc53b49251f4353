/**
 * The messages of the JSON line protocol: a request as words, a reply as an object (docs/protocol.md). Knows no socket.
 * @module
 */
import { renderError } from "./render.ts";
import { valueText } from "./value-text.ts";
import { BanId, isList, PyException, PyFloat, SharedText, Tuple, type WireValue } from "./wire-value.ts";

/** Deepest nesting of a request. */
const MAX_DEPTH = 64;
/** Longest `id`, characters. */
const MAX_ID_CHARS = 200;

/** What a peer may give a request to know its reply by. */
export type MessageId = string | number;

export interface JsonRequest {
  readonly words: WireValue;
  readonly id: MessageId | undefined;
}

/** The line is no request. */
export class JsonMessageError extends Error {
  override readonly name = "JsonMessageError";
  /** of the request, where it could be read */
  readonly id: MessageId | undefined;
  constructor(message: string, id?: MessageId) {
    super(message);
    this.id = id;
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * A request: a list of words, or an object with `command` and perhaps `id`.
 *
 * @throws {JsonMessageError}
 */
export function readJsonRequest(line: Uint8Array): JsonRequest {
  const value = parse(line);
  if (Array.isArray(value)) return { words: wireValue(value, undefined), id: undefined };
  if (typeof value !== "object" || value === null)
    throw new JsonMessageError("a request is a list or an object");
  const id = "id" in value ? idOf(value.id) : undefined;
  if (!("command" in value) || !Array.isArray(value.command)) {
    throw new JsonMessageError("'command' is not a list of words", id);
  }
  return { words: wireValue(value.command, id), id };
}

function parse(line: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(UTF8.decode(line));
    return value;
  } catch (error) {
    const isText = error instanceof SyntaxError;
    throw new JsonMessageError(isText ? "the line is no JSON" : "the line is no UTF-8");
  }
}

function idOf(value: unknown): MessageId {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "string" && value.length <= MAX_ID_CHARS) return value;
  throw new JsonMessageError(`'id' is neither a number nor a text of at most ${MAX_ID_CHARS} characters`);
}

function wireValue(value: unknown, id: MessageId | undefined, depth = 1): WireValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new JsonMessageError("a number is too large", id);
    return Number.isInteger(value) ? value : new PyFloat(value);
  }
  if (depth > MAX_DEPTH) throw new JsonMessageError("the request is nested too deeply", id);
  if (Array.isArray(value)) return value.map((item: unknown) => wireValue(item, id, depth + 1));
  const entries = Object.entries(value ?? {}).map(
    ([key, item]: [string, unknown]) => [key, wireValue(item, id, depth + 1)] as const,
  );
  return new Map(entries);
}

/** The reply to a request: `{"ok":true,"value":…}` or `{"ok":false,"error":{…}}`, one line. */
export function jsonReply(reply: WireValue, id: MessageId | undefined): string {
  const [status, value = null] = reply instanceof Tuple ? reply.items : [];
  if (status === 0) return lineOf({ ok: true, value: plain(value) }, id);
  if (value instanceof PyException) return jsonError(kindOf(value), renderError(value), id);
  return jsonError("ShuttingDown", "the daemon is shutting down", id);
}

/** A refusal: `{"ok":false,"error":{"kind":…,"message":…}}`, one line. */
export function jsonError(kind: string, message: string, id?: MessageId): string {
  return lineOf({ ok: false, error: { kind, message } }, id);
}

const lineOf = (reply: object, id: MessageId | undefined): string =>
  `${JSON.stringify(id === undefined ? reply : { ...reply, id })}\n`;

/** The name of an exception without its module. */
const kindOf = ({ className }: PyException): string => className.slice(className.lastIndexOf(".") + 1);

/** A value as JSON has it: tuples and sets are lists, what stands for a text is one. */
function plain(value: WireValue): unknown {
  if (isList(value)) return value.map(plain);
  if (value instanceof Tuple) return value.items.map(plain);
  if (value instanceof BanId || value instanceof SharedText) return value.text;
  if (value instanceof PyFloat) return value.value;
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [valueText(key), plain(item)]));
  }
  if (value instanceof Set) return [...value].map(plain);
  const isPlain = value === null || typeof value === "boolean" || typeof value === "number";
  return isPlain ? value : valueText(value);
}
