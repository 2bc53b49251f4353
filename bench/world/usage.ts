/**
 * What running processes have used, by `/proc`.
 * @module
 */
import { readFileSync } from "node:fs";

/** The kernel counts in hundredths of a second wherever Node.js runs. */
const TICKS_A_SECOND = 100;

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // it has ended meanwhile
    return "";
  }
}

/** Seconds of the processor that a process has used, with all its threads and the children that it has seen end; to a hundredth. */
export function cpuOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // the name of the program, in brackets, may hold anything
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks / TICKS_A_SECOND;
}

/** MiB of a line of `/proc/PID/status`; 0 once it is gone. */
function statusMib(pid: number, name: "VmRSS" | "VmHWM"): number {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(read(`/proc/${pid}/status`))?.[1];
  return Number(kib ?? 0) / 1024;
}

/** Resident memory, MiB. */
export const residentOf = (pid: number): number => statusMib(pid, "VmRSS");
