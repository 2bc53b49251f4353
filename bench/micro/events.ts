/**
 * `log/render.ts`: events to the texts of the log.
 * @module
 */
import type { GaolerEvent } from "../../src/base/event.ts";
import { CivilText } from "../../src/log/civil-text.ts";
import { renderEvent } from "../../src/log/render.ts";
import { utc } from "../../tests/unit/date/fixed-zones.ts";
import { cost, END } from "./micro.ts";

const COUNT = 200_000;
const found = (index: number): GaolerEvent => ({
  type: "failure-found",
  jail: "sshd",
  id: `10.1.${(index >> 8) & 255}.${index & 255}`,
  at: END + (index >> 5),
  attempts: 1,
  maxretry: 5,
});
const events = Array.from({ length: COUNT }, (_, index) => found(index));
const civil = new CivilText(utc);
let characters = 0;

cost("event rendered, a failure", COUNT, () => {
  for (const event of events) characters += renderEvent(event, civil).text.length;
});
process.stdout.write(`  ${(characters / COUNT).toFixed(0)} characters\n`);
