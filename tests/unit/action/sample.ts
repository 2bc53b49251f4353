/**
 * Bans and actions to test with: plain ones, to be varied by each test.
 * @module
 */
import { type ActionDefinition, compileAction } from "../../../src/action/action-definition.ts";
import { type TicketContext, type TicketInfo, ticketInfo } from "../../../src/action/ticket-info.ts";
import type { Ban } from "../../../src/ban/ticket.ts";

export const context: TicketContext = {
  jail: "j1",
  bantime: 600,
  counts: { banned: 1, bannedTotal: 2, found: 3, foundTotal: 4 },
};

/** A ban of an address (or any ID) with the given differences. */
export function sampleBan(id: string, changes: Partial<Ban> = {}): Ban {
  return {
    id,
    ip: id,
    at: 1_795_346_762,
    attempts: 2,
    matches: ["line one", "line two"],
    data: new Map(),
    bantime: undefined,
    bancount: 1,
    restored: false,
    ...changes,
  };
}

export function sampleInfo(id: string, changes: Partial<Ban> = {}): TicketInfo {
  return ticketInfo(sampleBan(id, changes), context);
}

export function sampleAction(
  properties: Record<string, string | number | boolean>,
  name = "a1",
): ActionDefinition {
  return compileAction({ name, properties: new Map(Object.entries(properties)) }, "j1", {
    full: "host.example.org",
    short: "host",
  });
}
